#!/usr/bin/env bash
# Trains on a GPU machine that is lent for a quarter of an hour and sees only what a call carries to it (64 MiB with the working tree).
# Here:   lent.sh aside | back        moves what that machine does not need out of the working tree, and back again
#         lent.sh stage K             puts the K-th part of the corpora into .lent/ (K = 1, 2, …; says when there is none)
#         lent.sh weights             puts the embedded recogniser and the wheels into .lent/
#         lent.sh join FOLDER OUT     makes a model folder of the parts that came back
# There:  lent.sh take                keeps what was carried
#         lent.sh run MINUTES         prepares at the first call, then trains or goes on
#         lent.sh end MINUTES         lets the rate fall, scores, and leaves the weights in $OUT in parts
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(cd "$here/../.." && pwd)
lent=$tree/.lent
home=${LENT_HOME:-$HOME/sewd}
speech=${SPEECH:-$tree/../shared/speech}
device=${DEVICE:-cuda}
part_bytes=${PART_BYTES:-58000000}
large="native-models/embedded native-models/training/punctuation engine/speech/silero test"
export PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1

train() {
  python3 -m sewscribe_training.train --device "$device" --data "$home/data" --batch-seconds "${BATCH_S:-480}" --rate "${RATE:-6e-4}" \
    --twice ljspeech-part librispeech-train-clean-251 --evaluate-minutes 60 "$@"
}

cd "$here"
case ${1:-} in
aside)
  mkdir -p "$tree/../.lent-aside"
  for folder in $large; do
    mkdir -p "$tree/../.lent-aside/$(dirname "$folder")"
    mv "$tree/$folder" "$tree/../.lent-aside/$folder"
  done
  ;;
back)
  for folder in $large; do mv "$tree/../.lent-aside/$folder" "$tree/$folder"; done
  rm -rf "$tree/../.lent-aside" "$lent"
  ;;
stage)
  rm -rf "$lent" && mkdir -p "$lent/speech"
  find "$speech" -type f ! -path '*/samples/*' ! -path '*/asterisk-allison/*' -printf '%s %P\n' | sort -k2 |
    awk -v part="$2" -v most="$part_bytes" '{ if (sum + $1 > most) { k++; sum = 0 } sum += $1; if (k + 1 == part) print substr($0, index($0, " ") + 1) }' |
    while read -r file; do
      mkdir -p "$lent/speech/$(dirname "$file")"
      cp "$speech/$file" "$lent/speech/$file"
    done
  du -sh "$lent/speech"
  [ -n "$(find "$lent/speech" -type f | head -n 1)" ] || { echo "there is no part $2"; exit 1; }
  ;;
weights)
  rm -rf "$lent" && mkdir -p "$lent/wheels" "$lent/init"
  cp "$(ls -d "$tree/../.lent-aside/native-models/embedded" "$tree/native-models/embedded" 2>/dev/null | head -n 1)"/sew-d-embedded/* "$lent/init/"
  python3 -m pip download -q --no-deps --only-binary=:all: --python-version 3.12 --platform manylinux_2_28_x86_64 -d "$lent/wheels" soundfile==0.14.0
  ;;
take)
  mkdir -p "$home" && cp -r "$lent/." "$home/"
  du -sh "$home"
  ;;
run)
  python3 -c 'import soundfile' 2>/dev/null || python3 -m pip install -q --no-index --no-deps --find-links "$home/wheels" soundfile
  [ -f "$home/data/record.json" ] || python3 -m sewscribe_training.prepare --speech "$home/speech" --out "$home/data"
  timeout -s TERM "$(awk "BEGIN { print $2 * 60 }")" "$here/lent.sh" train || [ $? = 124 ]
  tail -n 3 "$home/log"
  ;;
train)
  train --out "$home/run" --init "$home/init" >>"$home/log" 2>&1 &
  child=$!
  trap 'kill -TERM $child; wait $child' TERM
  wait $child
  ;;
end)
  train --out "$home/decay" --resume "$home/run" --decay-hours "$(awk "BEGIN { print $2 / 60 }")" | tee "$OUT/log"
  split -b 15m "$home/decay/decayed/model.safetensors" "$OUT/model.safetensors."
  cp "$home/decay/decayed/config.json" "$OUT/"
  ;;
join)
  mkdir -p "$3"
  cp "$tree"/native-models/embedded/sew-d-embedded/*.json "$3/"
  cp "$2/config.json" "$3/"
  cat "$2"/model.safetensors.* >"$3/model.safetensors"
  ;;
*)
  sed -n '2,10p' "${BASH_SOURCE[0]}"
  exit 2
  ;;
esac
