using System;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// Item i copies one segment of a row of the source [outer, length] to the rows of the result, which are total elements
/// apart.
/// </summary>
readonly unsafe struct InsertRows(float* from, float* result, long length, long total, long segments, int segment)
    : IWork
{
    readonly float* from = from, result = result;
    readonly long length = length, total = total, segments = segments;
    readonly int segment = segment;

    public void Run(int first, int last)
    {
        for (int i = first; i < last; i++)
        {
            long row = i / segments, begin = i % segments * segment;
            Rows.Move(from + row * length + begin, result + row * total + begin, Math.Min(length - begin, segment));
        }
    }
}
