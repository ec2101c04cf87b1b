#!/usr/bin/env bash
# The broker's jars in .run/kafka/lib, as deploy/kafka/pom.xml pins them, each checked by its SHA-256.
source "$(dirname "${BASH_SOURCE[0]}")/shell.sh"

command -v mvn >/dev/null || debian_install maven
say "Kafka"
fresh=.run/kafka/lib.new
rm -rf $fresh
quietly mvn -q -B -ntp -f deploy/kafka/pom.xml dependency:copy-dependencies \
    -DincludeScope=runtime "-DoutputDirectory=$PWD/$fresh"
(cd $fresh && sha256sum --check --quiet --strict ../../../deploy/kafka/jars.sha256)
rm -rf .run/kafka/lib
mv $fresh .run/kafka/lib
