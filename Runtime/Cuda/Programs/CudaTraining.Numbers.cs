using System;
using System.Linq;
using System.Runtime.CompilerServices;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Runtime.Cuda.Programs;

/// <content>Looking for the first number that is not finite.</content>
public abstract unsafe partial class CudaTraining
{
    /// <summary>Where numbers are checked: all parameters, before a pass.</summary>
    protected void CheckParameters()
    {
        if (!trainer.CheckNumbers) return;
        foreach (TensorLayout tensor in trainer.Weights.Layout.Tensors)
            CheckFinite("before the step", "the parameter " + tensor.Name, "", Parameters + tensor.Offset,
                [.. tensor.Shape.Select(axis => (long)axis)]);
    }

    /// <summary>Where numbers are checked: a value that has just been stored. The device is waited for.</summary>
    /// <param name="what">Forward or backward.</param>
    /// <param name="name">What it is called; {0} stands for the first of <paramref name="loops"/>.</param>
    /// <param name="source">The expression it comes from.</param>
    /// <param name="data">Its elements, on the device.</param>
    /// <param name="shape">Its axes, in the order of memory.</param>
    /// <param name="loops">Indices of the loops around it.</param>
    /// <param name="mayBeInfinite">Whether the body asks for infinities.</param>
    /// <exception cref="ArithmeticException">An element is infinite or not a number.</exception>
    protected void CheckFinite<T>(string what, string name, string source, T* data, ReadOnlySpan<long> shape,
        ReadOnlySpan<int> loops = default, bool mayBeInfinite = false) where T : unmanaged
    {
        if (!trainer.CheckNumbers) return;
        Next(nameof(ModelTrainer.CheckNumbers));
        long length = 1;
        foreach (long axis in shape) length *= axis;
        CudaNumbers.FindNotFinite(Library, Stream, TypeOf<T>(), (ulong)data, length, mayBeInfinite, Workspace);
        ulong bad;
        Stream.CopyToHost(&bad, Workspace, sizeof(ulong));
        Stream.Synchronize();
        if (bad == CudaNumbers.None) return;
        T value;
        Stream.CopyToHost(&value, (ulong)(data + bad), sizeof(T));
        Stream.Synchronize();
        float number = TypeOf<T>() switch
        {
            CudaDataType.BFloat16 => (float)Unsafe.As<T, BFloat16>(ref value),
            CudaDataType.Float16 => (float)Unsafe.As<T, Half>(ref value),
            _ => Unsafe.As<T, float>(ref value),
        };
        throw trainer.NotFinite(what, ModelTrainer.NameInLoops(name, loops), source, shape.ToArray(), (long)bad,
            number);
    }
}
