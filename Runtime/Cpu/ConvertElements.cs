using System;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>Elements of one storage type written as another: work items are segments.</summary>
unsafe struct ConvertElements : IWork
{
    public const int Segment = 16384;

    public byte* from, to;
    public MatrixType read, write;
    public long size;

    public readonly void Run(int first, int last)
    {
        long start = (long)first * Segment, end = Math.Min(size, (long)last * Segment);
        for (long i = start; i < end; i += 16)
        {
            int count = (int)Math.Min(16, end - i);
            Store(i, count, Load(i, count));
        }
    }

    readonly Vector512<float> Load(long i, int count) => read switch
    {
        MatrixType.BFloat16 => count == 16 ? Lanes.Load((BFloat16*)from + i)
            : Lanes.LoadPartial((BFloat16*)from + i, count),
        MatrixType.Float16 => count == 16 ? Lanes.Load((Half*)from + i) : Lanes.LoadPartial((Half*)from + i, count),
        MatrixType.TensorFloat32 => Lanes.RoundToTensorFloat32(Vectors.LoadPartial((float*)from + i, count)),
        _ => Vectors.LoadPartial((float*)from + i, count),
    };

    readonly void Store(long i, int count, Vector512<float> value)
    {
        if (write == MatrixType.Float32) Vectors.StorePartial((float*)to + i, value, count);
        else if (write == MatrixType.BFloat16 && count == 16) Lanes.Store((BFloat16*)to + i, value);
        else if (write == MatrixType.BFloat16) Lanes.StorePartial((BFloat16*)to + i, value, count);
        else if (count == 16) Lanes.Store((Half*)to + i, value);
        else Lanes.StorePartial((Half*)to + i, value, count);
    }
}
