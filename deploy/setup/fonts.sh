#!/usr/bin/env bash
# The faces of printed documents in .run/fonts: Fandol (song, hei, kai, fangsong); AR PL UMing, BabelStone Han and Hanazono
# for the rare characters of names (CJK A to H); Symbola for emoji; Arabic, Tibetan and Mongolian letters for names in the
# scripts of China. Taken out of Debian's packages without installing them.
source "$(dirname "${BASH_SOURCE[0]}")/shell.sh"

fresh=.run/fonts.new
rm -rf $fresh
mkdir -p $fresh

# take PACKAGE PATTERN…: the files of a package that match, without their folders.
take() {
    local package=$1
    shift
    say "fonts: $package"
    dpkg-deb --fsys-tarfile "$(debian_fetch "$package")" |
        tar -x -C $fresh --wildcards --transform='s|.*/||' "$@"
    rm -f .run/downloads/"$package"_*.deb
}
take texlive-lang-chinese '*/fandol/Fandol[FHKS]*.otf'
take fonts-arphic-uming '*/uming.ttc'
take fonts-babelstone-han '*/BabelStoneHan.ttf'
take fonts-hanazono '*/HanaMin?.ttf'
take fonts-symbola '*/Symbola_hint.ttf'
take fonts-noto-core '*/NotoNaskhArabic-Regular.ttf' '*/NotoSerifTibetan-Regular.ttf' '*/NotoSansMongolian-Regular.ttf'
rm -rf .run/fonts
mv $fresh .run/fonts
