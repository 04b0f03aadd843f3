using System.Runtime.Intrinsics;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Benchmarks;

/// <summary>Items of one block of memory each, read or updated from start to end.</summary>
unsafe struct ReadOrUpdateWork : IWork
{
    public float* data;    // [items, block]
    public float* sums;    // [items]
    public int block;      // a multiple of 64
    public bool isUpdate;

    public readonly void Run(int first, int last)
    {
        for (int item = first; item < last; item++)
        {
            float* start = data + (nint)item * block;
            if (isUpdate) Update(start);
            else sums[item] = Sum(start);
        }
    }

    readonly float Sum(float* start)
    {
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (int i = 0; i < block; i += 64)
        {
            s0 += Vector512.Load(start + i);
            s1 += Vector512.Load(start + i + 16);
            s2 += Vector512.Load(start + i + 32);
            s3 += Vector512.Load(start + i + 48);
        }
        return Vector512.Sum(s0 + s1 + (s2 + s3));
    }

    readonly void Update(float* start)
    {
        Vector512<float> one = Vector512.Create(1f);
        for (int i = 0; i < block; i += 16) (Vector512.Load(start + i) + one).Store(start + i);
    }
}
