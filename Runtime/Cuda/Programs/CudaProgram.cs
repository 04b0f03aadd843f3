using System;
using System.Collections.Generic;
using System.Text.RegularExpressions;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Runtime.Cuda.Embedding;

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

    /// <summary>Types of elements are words of the kernels' text, which no name in it can be.</summary>
    static readonly Regex wordOfBFloat16 = new(@"\bbf16\b");

    readonly CudaMachine machine;
    readonly string name;
    readonly CudaStream stream;
    readonly KernelLibrary library;
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
    /// <exception cref="CudaCapabilityException">The device has not got a precision of the model's.</exception>
    protected CudaProgram(Device device, CudaKernelText text, long activationBytes, ReadOnlySpan<long> inputBytes,
        ReadOnlySpan<long> outputBytes, int passCount)
    {
        ArgumentNullException.ThrowIfNull(text);
        name = text.Name;
        kernels = new CudaKernel[text.Names.Count];
        inputCount = inputBytes.Length;
        offsets = new long[1 + inputBytes.Length + outputBytes.Length + 3];
        if (KernelSurvey.Current is { } current)
        {
            survey = current;
            (machine, stream, library) = (null!, CudaStream.OfNoDevice, current.Library);
            (module, products, memory) = (null!, null!, null!);
            for (int i = 0; i < kernels.Length; i++) kernels[i] = new CudaKernel(text.Names[i]);
            ScratchBytes = Measure(passCount);
            Survey(text, passCount);
            return;
        }
        ArgumentNullException.ThrowIfNull(device);
        machine = device.Machine;
        library = machine.Library;
        ScratchBytes = Measure(passCount);
        if (wordOfBFloat16.IsMatch(text.Text)) Require(CudaComputeCapability.BFloat16, "Precision.BFloat16");
        stream = new CudaStream(machine.Context);
        products = machine.CreateBlasLt();
        EmbeddedCubins.Add(GetType().Assembly);
        module = CudaModule.Find(machine.Context, library.Compiler, text.Name + ".cu",
            CudaPrelude.With(text.Name + ".cu", text.Text));
        for (int i = 0; i < kernels.Length; i++) kernels[i] = module.GetKernel(text.Names[i]);
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

    internal KernelLibrary Library => library;

    /// <summary>Parameters on the device, laid out as on the host: asked for before a pass, since a recording can
    /// neither copy nor wait.</summary>
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

    ulong At(int place) => isMeasuring ? 0 : survey is not null ? SurveyedAddress(place)
        : memory.DevicePointer + (ulong)offsets[place];

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
        if (CudaDebug.SynchronizesLaunches)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            GoThrough(pass, lengths);
            return;
        }
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
            RecordedPass dropped = passes[i];
            dropped.Graph.Dispose();
            passes.RemoveAt(i);
            ForgetPlans(dropped);
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

    /// <summary>What a pass launches, whatever has become of the one before.</summary>
    void GoThrough(int pass, ReadOnlySpan<long> lengths)
    {
        IsUpdatingStates = false;
        Record(pass, lengths);
    }

    /// <summary>Once for real: products choose their algorithms by time, which no recording can tell.</summary>
    void Rehearse(int pass, ReadOnlySpan<long> lengths)
    {
        BeginRehearsal();
        isRehearsing = true;
        try
        {
            GoThrough(pass, lengths);
        }
        catch
        {
            isRehearsing = false;
            try { EndRehearsal(); } catch (CudaException) { /* the first failure counts */ }
            throw;
        }
        isRehearsing = false;
        EndRehearsal();
    }

    RecordedPass Capture(int pass, ReadOnlySpan<long> lengths)
    {
        var products = new HashSet<ProductKey>();
        recording = products;
        CudaGraph? graph = null;
        bool isCapturing = false;
        try
        {
            Rehearse(pass, lengths);
            stream.BeginCapture();
            isCapturing = true;
            GoThrough(pass, lengths);
        }
        catch when (isCapturing)
        {
            try { stream.EndCapture().Dispose(); } catch (CudaException) { /* the first failure counts */ }
            throw;
        }
        finally
        {
            recording = null;
        }
        using (graph = stream.EndCapture())
        {
            RecordedPass? oldest = null;
            if (passes.Count >= MostGraphs)
            {
                oldest = passes[0];
                foreach (RecordedPass other in passes) if (other.LastUse < oldest.LastUse) oldest = other;
                stream.Synchronize();
                oldest.Graph.Dispose();
                passes.Remove(oldest);
            }
            var recorded = new RecordedPass(pass, lengths.ToArray(), graph.Instantiate()) { Products = products };
            passes.Add(recorded);
            if (oldest is not null) ForgetPlans(oldest);
            return recorded;
        }
    }

    /// <summary>Says that the device has not got a precision of the model's.</summary>
    void Require(CudaComputeCapability needed, string precision) =>
        machine.Context.Device.Require(needed, $"{name} with layers in {precision}");

    /// <summary>Waits for what has been launched and frees the device's memory; again is harmless.</summary>
    public virtual void Dispose()
    {
        if (isDisposed || survey is not null) return;
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
        public HashSet<ProductKey> Products { get; init; } = [];
    }
}
