#!/usr/bin/env bash
# Trains on a GPU machine that is lent for a quarter of an hour and sees only what a call carries to it (64 MiB with the working tree).
# Here:   lent.sh pack START MORE…    puts what it needs into .lent/1, .lent/2, …, one for each call
#         lent.sh aside | back        moves what it does not need out of the working tree, and back again
#         lent.sh join FOLDER OUT     makes a model folder of the parts that came back
# There:  lent.sh take K              keeps what the K-th call carried
#         lent.sh try ARGUMENTS…      `quick` on whatever speech has come so far, to see that it runs
#         lent.sh go ARGUMENTS…       `quick` on everything; leaves the weights in $OUT in parts
#         lent.sh bring imitated      leaves those in $OUT that were not yet taught letters
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(cd "$here/../.." && pwd)
lent=$tree/.lent
home=${LENT_HOME:-$HOME/sewd}
speech=${SPEECH:-$tree/../shared/speech}
python=${PYTHON:-python3}
part_bytes=${PART_BYTES:-54000000}
large="native-models/embedded native-models/training/punctuation engine/speech/silero test"
export PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1

quick() {
  "$python" -m sewscribe_training.quick --init "$home/start" --encoder "$home/encoder.safetensors" --statistics "$home/statistics.pt" \
    --twice librispeech-train-clean-5 librispeech-train-clean-251 ljspeech-part --device "${DEVICE:-cuda}" "$@"
}

bring() {
  split -b 15m "$home/run/$1/model.safetensors" "$OUT/model.safetensors."
  cp "$home/run/$1/config.json" "$OUT/"
}

wheels() {
  "$python" -c 'import soundfile' 2>/dev/null && return
  "$python" -m pip install -q --no-index --no-deps --no-compile --target "$home/site" "$home"/wheels/*.whl
}

cd "$here"
export PYTHONPATH="$here:$home/site"
case ${1:-} in
pack)
  rm -rf "$lent" && mkdir -p "$lent/all/wheels"
  "$python" -m pip download -q --no-deps --only-binary=:all: --python-version 3.12 --implementation cp --platform manylinux_2_28_x86_64 \
    --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 -d "$lent/all/wheels" soundfile==0.14.0 cffi==2.1.1 pycparser==3.0
  "$python" -m sewscribe_training.pack --start "$2" --speech "$speech" --more "${@:3}" --out "$lent/all"
  "$python" -m sewscribe_training.whisper "$lent/all/encoder.safetensors"
  # what a first trial needs comes first, then the teacher
  (cd "$lent/all" && find wheels start speech/cv-small speech/dctts-matthes speech/ljspeech-part encoder.safetensors statistics.pt speech more \
    -type f -printf '%s %p\n' 2>/dev/null || true) |
    awk -v most="$part_bytes" '!seen[$2]++ { if (sum + $1 > most || NR == 1) { k++; sum = 0 } sum += $1; print k, $2 }' |
    while read -r part file; do
      mkdir -p "$lent/$part/$(dirname "$file")"
      mv "$lent/all/$file" "$lent/$part/$file"
    done
  rm -rf "$lent/all"
  du -sh "$lent"/*
  ;;
aside)
  for folder in $large; do
    mkdir -p "$tree/../.lent-aside/$(dirname "$folder")"
    mv "$tree/$folder" "$tree/../.lent-aside/$folder"
  done
  ;;
back)
  for folder in $large; do mv "$tree/../.lent-aside/$folder" "$tree/$folder"; done
  rm -rf "$tree/../.lent-aside"
  ;;
take)
  mkdir -p "$home" && cp -r "$lent/$2/." "$home/"
  du -sh "$home"
  ;;
try)
  wheels
  "$python" -c "from pathlib import Path; from sewscribe_training.corpora import prepare; prepare(sorted(f.parent for f in Path('$home/speech').glob('*/manifest.tsv')), Path('$home/trial'))"
  quick --data "$home/trial" --out "$home/tried" "${@:2}"
  ;;
go)
  wheels
  shopt -s nullglob
  "$python" -m sewscribe_training.prepare --speech "$home/speech" --out "$home/data" --more "$home"/more/*
  quick --data "$home/data" --out "$home/run" "${@:2}" 2>&1 | tee "$OUT/log"
  bring quick
  ;;
bring) bring "$2" ;;
join)
  mkdir -p "$3"
  cp "$tree"/native-models/embedded/sew-d-embedded/*.json "$3/"
  cp "$2/config.json" "$3/"
  cat "$2"/model.safetensors.* >"$3/model.safetensors"
  ;;
*)
  sed -n '2,11p' "${BASH_SOURCE[0]}"
  exit 2
  ;;
esac
