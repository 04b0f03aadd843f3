using System;
using System.Runtime.Intrinsics;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Runtime.Training;

/// <summary>to = factor · from, or to += factor · from.</summary>
unsafe struct AddGradientsWork : IWork
{
    public float* from, to;   // [length], padded with zeros to a multiple of 16
    public long length;
    public float factor;
    public bool isFirst;

    public readonly void Run(int first, int last)
    {
        long end = Math.Min(length, (long)last * SquaredNormWork.Block);
        for (long j = (long)first * SquaredNormWork.Block; j < end; j += 16)
        {
            var value = Vector512.Load(from + j) * Vector512.Create(factor);
            (isFirst ? value : Vector512.Load(to + j) + value).Store(to + j);
        }
    }
}

/// <summary>to = factor · from.</summary>
unsafe struct ScaleGradients : IWork
{
    public float* from, to;   // [length], padded with zeros to a multiple of 16
    public long length;
    public float factor;

    public readonly void Run(int first, int last)
    {
        long end = Math.Min(length, (long)last * SquaredNormWork.Block);
        for (long j = (long)first * SquaredNormWork.Block; j < end; j += 16)
            (Vector512.Load(from + j) * Vector512.Create(factor)).Store(to + j);
    }
}

/// <summary>x cut to [-bound, bound]; what is infinite or no number stays so, to be found.</summary>
unsafe struct ClampGradients : IWork
{
    public float* x;   // [length], padded with zeros to a multiple of 16
    public long length;
    public float bound;

    public readonly void Run(int first, int last)
    {
        long end = Math.Min(length, (long)last * SquaredNormWork.Block);
        var (least, most) = (Vector512.Create(-bound), Vector512.Create(bound));
        for (long j = (long)first * SquaredNormWork.Block; j < end; j += 16)
        {
            var value = Vector512.Load(x + j);
            var isFinite = Vector512.LessThan(Vector512.Abs(value), Vector512.Create(float.PositiveInfinity));
            value = Vector512.ConditionalSelect(Vector512.GreaterThan(value, most) & isFinite, most, value);
            Vector512.ConditionalSelect(Vector512.LessThan(value, least) & isFinite, least, value).Store(x + j);
        }
    }
}

/// <summary>average += part · (weights - average): weights that do not change stay as they are.</summary>
unsafe struct AverageWork : IWork
{
    public float* weights, average;   // [length], padded with zeros to a multiple of 16
    public long length;
    public float part;

    public readonly void Run(int first, int last)
    {
        long end = Math.Min(length, (long)last * SquaredNormWork.Block);
        for (long j = (long)first * SquaredNormWork.Block; j < end; j += 16)
        {
            var old = Vector512.Load(average + j);
            (old + (Vector512.Load(weights + j) - old) * Vector512.Create(part)).Store(average + j);
        }
    }
}
