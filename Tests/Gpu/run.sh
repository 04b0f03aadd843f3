#!/usr/bin/env bash
# Checks and measures the CUDA target on the GPU of this machine, and writes a dated report to reports/.
#
#   Tests/Gpu/run.sh [options] [executable]      what it can do: Tests/Gpu/README.md
#
#   executable      a published one, where this machine has no .NET; otherwise it is published first
#   --only a,b      areas and benches to run, as the executable's help lists them
#   --small         as little as the simulator needs: MODELCOMPILER_CUDA=sim Tests/Gpu/run.sh --small
#   --no-pytorch    do not compare with PyTorch
#   --out folder    where the report goes
#
# Exit code 0: all checks passed. Otherwise one failed, or nothing could be run.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

executable="" pytorch=yes out="$here/reports"
arguments=()
while [ $# -gt 0 ]; do
    case $1 in
        --small) arguments+=(--small) ;;
        --only) arguments+=(--only "${2:?--only what}"); [[ ",$2," == *,gpt2,* ]] || pytorch=no; shift ;;
        --out) out=${2:?--out where}; shift ;;
        --no-pytorch) pytorch=no ;;
        -*) sed -n '2,13p' "$0" >&2; exit 2 ;;
        *) executable=$(realpath "$1") ;;
    esac
    shift
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -z "$executable" ]; then
    command -v dotnet > /dev/null || { echo "run.sh: no dotnet here; name a published executable" >&2; exit 2; }
    dotnet publish "$here/Gpu.csproj" -c Release -r linux-x64 -o "$here/bin/publish" -v quiet --nologo || exit 2
    executable="$here/bin/publish/ModelCompiler.Gpu"
fi

if [ "${MODELCOMPILER_CUDA:-}" = sim ]; then
    pytorch=no
    export MODELCOMPILER_CUDA_SIMULATOR=${MODELCOMPILER_CUDA_SIMULATOR:-$root/Tests/CudaSimulator/bin/libmcsim.so}
    [ -e "$MODELCOMPILER_CUDA_SIMULATOR" ] || { echo "run.sh: Tests/CudaSimulator/build.sh makes the simulator" >&2; exit 2; }
else
    nvidia-smi --query-gpu=name,driver_version,clocks.sm,power.limit --format=csv,noheader 2> /dev/null || true
fi

if [ "$pytorch" = yes ] && python3 -c 'import torch, sys; sys.exit(not torch.cuda.is_available())' 2> /dev/null; then
    echo "PyTorch first, alone on the device"
    timeout 240 python3 "$here/pytorch_gpt2.py" > "$work/pytorch.json" || echo "run.sh: PyTorch's run failed" >&2
    cat "$work/pytorch.json"
    arguments+=(--pytorch "$work/pytorch.json")
fi
"$executable" run "${arguments[@]}" --out "$out"
