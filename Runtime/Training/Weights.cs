using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using ModelCompiler.Runtime.Checkpoints;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Cuda.Programs;

namespace ModelCompiler.Runtime.Training;

/// <summary>The parameters of a model, in fp32. A trainer and any number of sessions can share them.</summary>
/// <remarks>
/// <para><b>Memory</b>: each owner holds a <see cref="Weights"/> of its own, from <see cref="Acquire"/>; the numbers
/// are freed with the last one.</para>
/// <para><b>Errors</b>: many threads may read at once. While one writes (<see cref="Load"/>, a training step) readers
/// see old and new numbers mixed.</para>
/// </remarks>
/// <example><code>
/// using var weights = new Weights(CharGpt.Layout);
/// weights.Load("gpt.safetensors");
/// ReadOnlySpan&lt;float&gt; query = weights["blocks.3.attention.query.weight"];
/// </code></example>
public sealed unsafe class Weights : IDisposable
{
    readonly SharedArena arena;
    int isDisposed;

    /// <summary>Reserves parameters, all zero.</summary>
    /// <param name="layout">Where each one lies.</param>
    /// <exception cref="OutOfMemoryException">The system has not got that much.</exception>
    public Weights(ModelLayout layout) : this(layout, new SharedArena(layout.Stride * sizeof(float), isOnDevice: false))
    {
    }

    Weights(ModelLayout layout, SharedArena arena)
    {
        Layout = layout;
        this.arena = arena;
    }

    /// <summary>Where each parameter lies.</summary>
    public ModelLayout Layout { get; }

    /// <summary>Names of the tensors, in order of declaration.</summary>
    public IEnumerable<string> Names => Layout.Tensors.Select(t => t.Name);

    /// <summary>[<see cref="ModelLayout.ArenaLength"/>] fp32, on a cache line; what a device of CUDA has changed is
    /// copied first. Numbers are set by <see cref="Set"/>, so that devices see them.</summary>
    /// <exception cref="ObjectDisposedException">This owner has let go.</exception>
    public float* Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref isDisposed) != 0, this);
            return (float*)arena.Arena.Host;
        }
    }

    /// <summary>Where the numbers lie.</summary>
    internal MirroredArena Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref isDisposed) != 0, this);
            return arena.Arena;
        }
    }

    /// <summary>Whether others have the same numbers.</summary>
    internal bool IsShared => arena.IsShared;

    /// <summary>The elements of one tensor, row-major; valid until the last owner lets go.</summary>
    /// <param name="name">Name of a tensor; with stars, of a stacked parameter as a whole.</param>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public ReadOnlySpan<float> this[string name] => Layout.Slice(Data, name);

    /// <summary>Replaces the elements of one tensor.</summary>
    /// <param name="name">Name of a tensor; with stars, of a stacked parameter as a whole.</param>
    /// <param name="values">The tensor's shape, row-major.</param>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    /// <exception cref="ArgumentException">Too few or too many values.</exception>
    public void Set(string name, ReadOnlySpan<float> values)
    {
        Span<float> target = Layout.Slice(Data, name);
        if (values.Length != target.Length)
        {
            throw new ArgumentException(
                $"{values.Length} values were given for {name}, which has {target.Length} elements.", nameof(values));
        }
        values.CopyTo(target);
        arena.Arena.HostChanged();
    }

    /// <summary>
    /// Gives every parameter its initial numbers: those of <see cref="Eager.Initialize"/> with the same seed.
    /// </summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="threads">How many to use; the numbers are the same for any.</param>
    /// <exception cref="NotSupportedException">A tensor of more than 2^31 - 1 elements.</exception>
    public void Initialize(ulong seed, int threads = 1)
    {
        var data = (nint)Data;
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads };
        Parallel.For(0, Layout.Tensors.Count, options, i => Fill((float*)data, Layout.Tensors[i], seed));
        arena.Arena.HostChanged();
        GC.KeepAlive(this);
    }

    static void Fill(float* data, TensorLayout tensor, ulong seed)
    {
        if (tensor.Length > int.MaxValue)
        {
            throw new NotSupportedException(
                $"{tensor.Name} {tensor.ShapeText} has {tensor.Length} elements; at most {int.MaxValue} can be " +
                    "initialised. " +
                "Split the parameter in two.");
        }
        var target = new Span<float>(data + tensor.Offset, (int)tensor.Length);
        Randomness.Fill(target, tensor.Parameter.Distribution, tensor.Parameter.Scale, seed, tensor.Name,
            tensor.Parameter.Shape.Count == 0 ? 1 : tensor.Parameter.Shape[^1]);
    }

    /// <summary>
    /// Reads all parameters from a safetensors file. Nothing changes unless the whole file fits the model.
    /// </summary>
    /// <param name="path">Of the file.</param>
    /// <exception cref="CheckpointException">The file is damaged or of another model.</exception>
    /// <exception cref="System.IO.IOException">The file cannot be read.</exception>
    public void Load(string path)
    {
        SafeTensors.Load(path, Layout, Data);
        arena.Arena.HostChanged();
        GC.KeepAlive(this);
    }

    /// <summary>Writes all parameters to a safetensors file, which is replaced as a whole or left as it was.</summary>
    /// <param name="path">Of the file; its folder must exist.</param>
    /// <exception cref="System.IO.IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        SafeTensors.Save(path, Layout, Data);
        GC.KeepAlive(this);
    }

    /// <summary>Takes over all numbers of other weights of the same layout.</summary>
    internal void CopyFrom(Weights other)
    {
        long bytes = Layout.Stride * sizeof(float);
        Buffer.MemoryCopy(other.Data, Data, bytes, bytes);
        arena.Arena.HostChanged();
    }

    /// <summary>One owner more: the same numbers, to be disposed of separately.</summary>
    /// <exception cref="ObjectDisposedException">This owner has let go.</exception>
    public Weights Acquire()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref isDisposed) != 0, this);
        arena.Acquire();
        return new Weights(Layout, arena);
    }

    /// <summary>Lets go; the numbers stay while another owner has them. Again is harmless.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) == 0) arena.Release();
    }
}
