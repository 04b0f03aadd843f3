using System;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// Item i writes one segment of a row of the result [outer, total]: zeros around the row of the source [outer, length].
/// </summary>
readonly unsafe struct PadRows(float* from, float* result, long length, long start, long total, long segments,
    int segment) : IWork
{
    readonly float* from = from, result = result;
    readonly long length = length, start = start, total = total, segments = segments;
    readonly int segment = segment;

    public void Run(int first, int last)
    {
        for (int i = first; i < last; i++)
        {
            long row = i / segments, begin = i % segments * segment, end = Math.Min(total, begin + segment);
            long copied = Math.Clamp(start, begin, end), copiedEnd = Math.Clamp(start + length, begin, end);
            float* to = result + row * total;
            Rows.Clear(to + begin, copied - begin);
            Rows.Move(from + row * length + (copied - start), to + copied, copiedEnd - copied);
            Rows.Clear(to + copiedEnd, end - copiedEnd);
        }
    }
}
