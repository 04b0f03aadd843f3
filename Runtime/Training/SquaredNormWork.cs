using System;
using System.Runtime.Intrinsics;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Runtime.Training;

/// <summary>
/// Squares of a vector, summed in blocks of fixed size: whichever thread takes a block, its sum is the same. Products
/// of two floats are exact in double, so a fused multiply-add changes nothing either.
/// </summary>
unsafe struct SquaredNormWork : IWork
{
    /// <summary>Elements of a block: 16 KiB, half of a first-level cache.</summary>
    public const int Block = 4096;

    public float* x;        // [length], readable up to the next multiple of 16, where it is zero
    public double* sums;    // [blocks]
    public long length;

    public static int Blocks(long length) => checked((int)((length + Block - 1) / Block));

    public readonly void Run(int first, int last)
    {
        for (int block = first; block < last; block++)
        {
            float* from = x + (long)block * Block;
            float* to = x + Math.Min(length, (block + 1L) * Block);
            Vector512<double> even = default, odd = default;
            for (float* p = from; p < to; p += Vector512<float>.Count)
            {
                (Vector512<double> low, Vector512<double> high) = Vector512.Widen(Vector512.Load(p));
                even += low * low;
                odd += high * high;
            }
            sums[block] = Vector512.Sum(even + odd);
        }
    }
}
