using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Runtime.Training;

/// <content>Looking at numbers: the first one that is not finite, and tensors by name.</content>
[DebuggerTypeProxy(typeof(TrainerView))]
public abstract unsafe partial class ModelTrainer
{
    /// <summary>
    /// Whether every value that a step stores is checked at once, in order of execution: the first one that is infinite
    /// or not a number stops the step, with its name, place and expression. What is off costs nothing.
    /// </summary>
    /// <remarks>
    /// Values that a kernel keeps in registers are not seen: the value that the kernel writes is named. Infinities that
    /// a body asks for, such as those of a mask, are let through.
    /// </remarks>
    /// <example><code>trainer.CheckNumbers = true;</code></example>
    public bool CheckNumbers { get; set; }

    /// <summary>Elements of a value that <c>[Tap]</c> names, of the last step, row-major.</summary>
    /// <param name="name">
    /// Such as blocks.3.hidden; with stars, of all layers at once. Valid until the next step.
    /// </param>
    /// <exception cref="KeyNotFoundException">There is none of that name: the message says which there are.</exception>
    /// <exception cref="InvalidOperationException">No step has been done.</exception>
    public virtual ReadOnlySpan<float> Activation(string name) => throw new KeyNotFoundException(
        $"{weights.Layout.Name} keeps no values of its steps. Write [Tap(\"{name}\")] on the class: the plan then " +
        "keeps what it names until the end of a step.");

    /// <summary>Finds a tapped value.</summary>
    /// <param name="name">What was asked for.</param>
    /// <param name="taps">Values with the shapes of the last step, placed from <see cref="Activations"/> on.</param>
    protected ReadOnlySpan<float> Tapped(string name, ParameterLayout[] taps)
    {
        foreach (ParameterLayout tap in taps)
        {
            if (tap.Name == name) return ActivationsAt(tap.Offset, checked((int)tap.Length));
            foreach (TensorLayout tensor in tap.Split())
                if (tensor.Name == name) return ActivationsAt(tensor.Offset, checked((int)tensor.Length));
        }
        throw new KeyNotFoundException($"{weights.Layout.Name} keeps no value {name}. It keeps " +
            $"{string.Join(", ", taps.Select(t => t.Name))}; write [Tap(\"{name}\")] on the class for more.");
    }

    ReadOnlySpan<float> ActivationsAt(long offset, int length) => DeviceProgram is { } program
        ? program.ActivationsAt(offset, length) : new ReadOnlySpan<float>(Activations + offset, length);

    /// <summary>For <see cref="Activation"/>: what a dim was in the last step.</summary>
    /// <param name="dim">0 before the first step.</param>
    protected static int Known(int dim) => dim > 0 ? dim : throw new InvalidOperationException(
        "There are no values to look at before the first step. Call Step or ComputeGradients first.");

    /// <summary>A look at one parameter, or at its gradient.</summary>
    /// <param name="name">Of a tensor, such as blocks.3.up.weight.</param>
    /// <param name="gradient">Whether its gradient is meant.</param>
    /// <exception cref="KeyNotFoundException">There is none of that name, or it is frozen.</exception>
    public TensorView View(string name, bool gradient = false) =>
        TensorView.Of(name, ShapeOf(name), gradient ? Gradient(name) : Parameter(name));

    string ShapeOf(string name) => weights.Layout.Find(name)?.ShapeText
        ?? $"[{string.Join(", ", weights.Layout.Parameters.FirstOrDefault(p => p.Name == name)?.Shape ?? [])}]";

    /// <summary>Checks all parameters before a step.</summary>
    protected void CheckParameters()
    {
        foreach (TensorLayout tensor in weights.Layout.Tensors)
        {
            long bad = FirstNotFinite(weights.Data + tensor.Offset, tensor.Length, mayBeInfinite: false);
            if (bad < 0) continue;
            throw NotFinite("before the step", "the parameter " + tensor.Name, "", [.. tensor.Shape], bad,
                weights.Data[tensor.Offset + bad]);
        }
    }

    /// <summary>Checks a value that has just been stored.</summary>
    /// <param name="what">Forward or backward.</param>
    /// <param name="name">What it is called; {0} stands for the first of <paramref name="loops"/>.</param>
    /// <param name="source">The expression it comes from.</param>
    /// <param name="data">Its elements.</param>
    /// <param name="shape">Its axes, in the order of memory.</param>
    /// <param name="loops">Indices of the loops around it.</param>
    /// <param name="mayBeInfinite">Whether the body asks for infinities.</param>
    /// <exception cref="ArithmeticException">An element is infinite or not a number.</exception>
    protected void CheckFinite(string what, string name, string source, float* data, ReadOnlySpan<int> shape,
        ReadOnlySpan<int> loops = default, bool mayBeInfinite = false)
    {
        long length = Length(shape);
        long bad = FirstNotFinite(data, length, mayBeInfinite);
        if (bad < 0) return;
        var axes = new long[shape.Length];
        for (int i = 0; i < axes.Length; i++) axes[i] = shape[i];
        throw NotFinite(what, NameInLoops(name, loops), source, axes, bad, data[bad]);
    }

    /// <summary>A value's name with the indices of the loops around it.</summary>
    internal static string NameInLoops(string name, ReadOnlySpan<int> loops)
    {
        var full = new StringBuilder(name);
        for (int i = 0; i < loops.Length; i++)
            full.Replace($"{{{i}}}", loops[i].ToString(CultureInfo.InvariantCulture));
        return full.ToString();
    }

    /// <inheritdoc cref="CheckFinite(string, string, string, float*, ReadOnlySpan{int}, ReadOnlySpan{int}, bool)"/>
    protected void CheckFinite(string what, string name, string source, BFloat16* data, ReadOnlySpan<int> shape,
        ReadOnlySpan<int> loops = default, bool mayBeInfinite = false)
    {
        long length = Length(shape);
        float* wide = (float*)NativeMemory.Alloc((nuint)length, sizeof(float));
        try
        {
            Cpu.Rows.Copy(Pool, data, wide, length);
            CheckFinite(what, name, source, wide, shape, loops, mayBeInfinite);
        }
        finally
        {
            NativeMemory.Free(wide);
        }
    }

    /// <inheritdoc cref="CheckFinite(string, string, string, float*, ReadOnlySpan{int}, ReadOnlySpan{int}, bool)"/>
    protected void CheckFinite(string what, string name, string source, Half* data, ReadOnlySpan<int> shape,
        ReadOnlySpan<int> loops = default, bool mayBeInfinite = false)
    {
        long length = Length(shape);
        float* wide = (float*)NativeMemory.Alloc((nuint)length, sizeof(float));
        try
        {
            Cpu.Rows.Copy(Pool, data, wide, length);
            CheckFinite(what, name, source, wide, shape, loops, mayBeInfinite);
        }
        finally
        {
            NativeMemory.Free(wide);
        }
    }

    static long Length(ReadOnlySpan<int> shape)
    {
        long length = 1;
        foreach (int axis in shape) length *= axis;
        return length;
    }

    internal ArithmeticException NotFinite(string what, string name, string source, long[] shape, long element,
        float value)
    {
        var place = new long[shape.Length];
        long rest = element;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            place[axis] = rest % shape[axis];
            rest /= shape[axis];
        }
        string from = source.Length > 0 ? $", from {source}" : "";
        return new ArithmeticException(string.Create(CultureInfo.InvariantCulture,
            $"Step {StepCount + 1}, {what}: {name} [{string.Join(", ", shape)}] is {value} at [") +
            string.Join(", ", place) + $"]{from}. It is the first value that is not finite; no parameter was changed " +
            "in this step. " + string.Create(CultureInfo.InvariantCulture, $"If it came with training, lower the " +
            $"learning rate, now {LearningRate}, or set MaxGradientNorm; if at once, check the inputs and the " +
            $"expression."));
    }

    static long FirstNotFinite(float* data, long length, bool mayBeInfinite)
    {
        long j = 0;
        for (; j + 16 <= length; j += 16)
        {
            var value = Vector512.Load(data + j);
            // 0 for what is finite; infinities and what is no number leave NaN.
            var product = mayBeInfinite ? value : value * Vector512<float>.Zero;
            if (!Vector512.EqualsAll(product, product)) break;
        }
        for (; j < length; j++)
            if (mayBeInfinite ? float.IsNaN(data[j]) : !float.IsFinite(data[j])) return j;
        return -1;
    }
}
