using System;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// Item i owns a block of columns of one of [outer, length, inner] and walks the axis between in order. Sums are kept
/// in double: what is rounded is each result, not the sum that the next one is made of.
/// </summary>
readonly unsafe struct CumulativeSumColumns(float* from, float* result, long length, long inner, long blocks, int block,
    bool reversed) : IWork
{
    readonly float* from = from, result = result;
    readonly long length = length, inner = inner, blocks = blocks;
    readonly int block = block;
    readonly bool reversed = reversed;

    public void Run(int first, int last)
    {
        double* sums = stackalloc double[block];
        for (int item = first; item < last; item++)
        {
            long begin = item % blocks * block;
            int columns = (int)Math.Min(block, inner - begin);
            long at = item / blocks * length * inner + begin, step = inner;
            if (reversed) (at, step) = (at + (length - 1) * inner, -inner);
            new Span<double>(sums, columns).Clear();
            for (long t = 0; t < length; t++, at += step)
                for (int c = 0; c < columns; c++)
                    result[at + c] = (float)(sums[c] += from[at + c]);
        }
    }
}
