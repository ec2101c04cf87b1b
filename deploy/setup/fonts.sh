#!/usr/bin/env bash
# The faces of printed documents in .run/fonts: Fandol (song, hei, kai, fangsong), and AR PL UMing for the
# rare characters of people's names. Taken out of Debian's packages without installing them.
source "$(dirname "${BASH_SOURCE[0]}")/shell.sh"

fresh=.run/fonts.new
rm -rf $fresh
mkdir -p $fresh
say "fonts: Fandol"
dpkg-deb --fsys-tarfile "$(debian_fetch texlive-lang-chinese)" |
    tar -x -C $fresh --wildcards --transform='s|.*/||' '*/fandol/Fandol[FHKS]*.otf'
say "fonts: UMing"
dpkg-deb --fsys-tarfile "$(debian_fetch fonts-arphic-uming)" |
    tar -x -C $fresh --transform='s|.*/||' ./usr/share/fonts/truetype/arphic/uming.ttc
rm -rf .run/fonts .run/downloads/texlive-lang-chinese_*.deb .run/downloads/fonts-arphic-uming_*.deb
mv $fresh .run/fonts
