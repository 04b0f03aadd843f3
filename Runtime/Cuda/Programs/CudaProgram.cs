using System;
using System.Collections.Generic;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Runtime.Cuda.Programs;

/// <summary>
/// What every generated program on a device of CUDA stands on: its memory, its kernels, and the graphs that a pass is
/// recorded into, one for each set of lengths, so that a pass is one launch.
/// </summary>
/// <remarks>
/// <para><b>Memory</b>: <see cref="PlannedBytes"/> on the device, all reserved at the start; a pass allocates nothing,
/// on neither side, once its lengths have been seen.</para>
/// <para><b>Errors</b>: one thread at a time. Failures of the device are a <see cref="CudaException"/>.</para>
/// </remarks>
public abstract unsafe partial class CudaProgram : IDisposable
{
    /// <summary>Bytes that buffers begin at multiples of.</summary>
    const int Alignment = 256;

    /// <summary>For cuBLASLt: what Hopper's products want.</summary>
    const long ProductBytes = 32 << 20;

    /// <summary>Graphs that are kept; the one not used for longest goes.</summary>
    const int MostGraphs = 16;

    readonly CudaMachine machine;
    readonly CudaStream stream;
    readonly CudaModule module;
    readonly CudaKernel[] kernels;
    readonly CudaBlasLt products;
    readonly CudaDeviceVariable<byte> memory;
    readonly long[] offsets;                // of activations, inputs, outputs, workspace, scratch, notes
    readonly int inputCount;
    readonly List<RecordedPass> passes = [];
    long uses;
    bool isDisposed;

    /// <summary>Reserves memory on a device and loads the kernels.</summary>
    /// <param name="device">A device of CUDA.</param>
    /// <param name="text">The model's kernels.</param>
    /// <param name="activationBytes">At the largest lengths.</param>
    /// <param name="inputBytes">Of each input at the largest lengths.</param>
    /// <param name="outputBytes">Of each result that is not one number.</param>
    /// <param name="passCount">How many passes it knows.</param>
    /// <exception cref="CudaException">The device cannot do it; out of memory the message says what was planned.
    /// </exception>
    protected CudaProgram(Device device, CudaKernelText text, long activationBytes, ReadOnlySpan<long> inputBytes,
        ReadOnlySpan<long> outputBytes, int passCount)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(text);
        machine = device.Machine;
        stream = new CudaStream(machine.Context);
        products = machine.CreateBlasLt();
        module = CudaModule.Compile(machine.Context, new CudaRuntimeCompiler(), text.Name + ".cu",
            CudaPrelude.With(text.Name + ".cu", text.Text));
        kernels = new CudaKernel[text.Names.Count];
        for (int i = 0; i < kernels.Length; i++) kernels[i] = module.GetKernel(text.Names[i]);
        inputCount = inputBytes.Length;
        offsets = new long[1 + inputBytes.Length + outputBytes.Length + 3];
        ScratchBytes = Measure(passCount);
        long end = 0;
        int next = 0;
        void Place(long bytes)
        {
            offsets[next++] = end;
            end += (bytes + Alignment - 1) / Alignment * Alignment;
        }
        Place(activationBytes);
        foreach (long bytes in inputBytes) Place(bytes);
        foreach (long bytes in outputBytes) Place(bytes);
        Place(ProductBytes);
        Place(ScratchBytes);
        Place(sizeof(PassNotes));
        PlannedBytes = end;
        memory = new CudaDeviceVariable<byte>(machine.Context, end, $"activations, inputs and scratch of {text.Name}");
        memory.Clear(stream);
    }

    /// <summary>Bytes of the device that the program has for itself: activations, inputs, results and room to work in.
    /// </summary>
    public long PlannedBytes { get; }

    /// <summary>Bytes of room that kernels work in, at the largest lengths.</summary>
    public long ScratchBytes { get; }

    internal CudaStream Stream => stream;

    internal KernelLibrary Library => machine.Library;

    /// <summary>Parameters on the device, laid out as on the host.</summary>
    protected abstract float* Parameters { get; }

    /// <summary>The arena of activations on the device.</summary>
    protected float* Activations => (float*)At(0);

    /// <summary>What this pass draws random numbers by: two integers of the device.</summary>
    protected int* RandomKeys => (int*)Notes;

    /// <summary>An input on the device.</summary>
    /// <param name="number">Its place among the inputs.</param>
    protected void* Input(int number) => (void*)At(1 + number);

    /// <summary>A result on the device.</summary>
    /// <param name="number">Its place among the results that are not one number.</param>
    protected void* Output(int number) => (void*)At(1 + inputCount + number);

    internal ulong Notes => At(offsets.Length - 1);

    private protected ulong Workspace => At(offsets.Length - 3);

    ulong ScratchMemory => At(offsets.Length - 2);

    ulong At(int place) => isMeasuring ? 0 : memory.DevicePointer + (ulong)offsets[place];

    /// <summary>What a pass launches, in order: generated.</summary>
    /// <param name="pass">Which of the program's passes.</param>
    /// <param name="lengths">Of the dims, in order.</param>
    protected abstract void Record(int pass, ReadOnlySpan<long> lengths);

    /// <summary>The largest lengths of a pass's dims, in order: generated.</summary>
    /// <param name="pass">Which of the program's passes.</param>
    protected abstract ReadOnlySpan<long> Largest(int pass);

    /// <summary>Launches a pass as one graph, which is recorded where these lengths are new.</summary>
    private protected void Run(int pass, ReadOnlySpan<long> lengths)
    {
        RecordedPass recorded = Recorded(pass, lengths);
        BeginMeasuring();
        Next(WholeCall);
        recorded.Graph.Launch(stream);
        EndMeasuring();
    }

    RecordedPass Recorded(int pass, ReadOnlySpan<long> lengths)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        RecordedPass? known = null;
        foreach (RecordedPass recorded in passes)
            if (recorded.Pass == pass && lengths.SequenceEqual(recorded.Lengths)) known = recorded;
        known ??= Capture(pass, lengths);
        known.LastUse = ++uses;
        return known;
    }

    /// <summary>Drops what was recorded of a pass.</summary>
    private protected void Forget(int pass)
    {
        for (int i = passes.Count - 1; i >= 0; i--)
        {
            if (passes[i].Pass != pass) continue;
            stream.Synchronize();
            passes[i].Graph.Dispose();
            passes.RemoveAt(i);
        }
    }

    /// <summary>Whether a pass is gone through before it is recorded: what it does must do no harm twice.</summary>
    private protected bool IsRehearsing => isRehearsing;

    /// <summary>What follows is done once more for the recording: it must leave parameters and states alone.</summary>
    private protected virtual void BeginRehearsal()
    {
    }

    private protected virtual void EndRehearsal()
    {
    }

    RecordedPass Capture(int pass, ReadOnlySpan<long> lengths)
    {
        // Once for real: products choose their algorithms by time, which no recording can tell.
        isRehearsing = true;
        BeginRehearsal();
        try
        {
            Record(pass, lengths);
        }
        finally
        {
            isRehearsing = false;
            EndRehearsal();
        }
        stream.BeginCapture();
        CudaGraph? graph = null;
        try
        {
            Record(pass, lengths);
        }
        catch
        {
            try { stream.EndCapture().Dispose(); } catch (CudaException) { /* the first failure counts */ }
            throw;
        }
        using (graph = stream.EndCapture())
        {
            if (passes.Count >= MostGraphs)
            {
                RecordedPass oldest = passes[0];
                foreach (RecordedPass other in passes) if (other.LastUse < oldest.LastUse) oldest = other;
                stream.Synchronize();
                oldest.Graph.Dispose();
                passes.Remove(oldest);
            }
            var recorded = new RecordedPass(pass, lengths.ToArray(), graph.Instantiate());
            passes.Add(recorded);
            return recorded;
        }
    }

    /// <summary>Waits for what has been launched and frees the device's memory; again is harmless.</summary>
    public virtual void Dispose()
    {
        if (isDisposed) return;
        isDisposed = true;
        try { stream.Synchronize(); } catch (CudaException) { /* a lost device has nothing to wait for */ }
        foreach (RecordedPass pass in passes) pass.Graph.Dispose();
        foreach (ProductPlan plan in plans.Values) plan.Matmul?.Dispose();
        clock?.Dispose();
        memory.Dispose();
        module.Dispose();
        products.Dispose();
        stream.Dispose();
        GC.SuppressFinalize(this);
    }

    sealed class RecordedPass(int pass, long[] lengths, CudaGraphExec graph)
    {
        public int Pass { get; } = pass;
        public long[] Lengths { get; } = lengths;
        public CudaGraphExec Graph { get; } = graph;
        public long LastUse { get; set; }
    }
}
