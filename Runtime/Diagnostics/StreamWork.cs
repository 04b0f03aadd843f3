using System.Runtime.Intrinsics;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Runtime.Diagnostics;

/// <summary>Two streams read and one written, far longer than any cache.</summary>
unsafe struct StreamWork : IWork
{
    /// <summary>Elements of an item.</summary>
    public const int Block = 16384;

    public float* a, b, sums;   // [items · Block] each

    public readonly void Run(int first, int last)
    {
        Vector512<float> half = Vector512.Create(0.5f);
        for (nint i = (nint)first * Block; i < (nint)last * Block; i += Vector512<float>.Count)
            (Vector512.Load(a + i) + half * Vector512.Load(b + i)).Store(sums + i);
    }
}
