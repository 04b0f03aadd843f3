using System;
using System.Runtime.InteropServices;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Runtime.Cuda.Programs;

/// <summary>What every generated session on a device of CUDA stands on: a call is one graph between copies of its
/// inputs and of its results.</summary>
public abstract unsafe class CudaInference : CudaProgram
{
    readonly ModelSession session;
    float* parameters;
    PassNotes seen;

    /// <summary>Reserves the device's memory.</summary>
    /// <param name="session">Whose parameters they are.</param>
    /// <param name="text">The model's kernels.</param>
    /// <param name="activationBytes">At the largest lengths.</param>
    /// <param name="inputBytes">Of each input of every entry point.</param>
    /// <param name="outputBytes">Of each result that is not one number.</param>
    /// <param name="passCount">Entry points.</param>
    protected CudaInference(ModelSession session, CudaKernelText text, long activationBytes,
        ReadOnlySpan<long> inputBytes, ReadOnlySpan<long> outputBytes, int passCount)
        : base((session ?? throw new ArgumentNullException(nameof(session))).Device, text, activationBytes, inputBytes,
            outputBytes, passCount)
    {
        this.session = session;
        if (!IsSurveying) session.DeviceProgram = this;
    }

    /// <inheritdoc/>
    protected override float* Parameters => IsSurveying ? Surveyed : parameters;

    /// <summary>Copies an input to the device.</summary>
    /// <param name="input">Its place among those of all entry points.</param>
    /// <param name="values">Checked.</param>
    public void Upload<T>(int input, ReadOnlySpan<T> values) where T : unmanaged
    {
        fixed (T* first = values)
        {
            Stream.CopyToDevice((ulong)Input(input), first, (long)values.Length * sizeof(T));
            Stream.Synchronize();       // the span may move right after
        }
    }

    /// <summary>Runs an entry point.</summary>
    /// <param name="pass">Which.</param>
    /// <param name="lengths">Of the dims, in order.</param>
    public void Call(int pass, ReadOnlySpan<long> lengths)
    {
        (int key0, int key1) = session.RandomKeys;
        int* keys = stackalloc int[] { key0, key1 };
        parameters = (float*)session.Weights.Memory.OnDevice(Stream);
        Stream.CopyToDevice(Notes, keys, 2 * sizeof(int));
        Run(pass, lengths);
        PassNotes notes;
        Stream.CopyToHost(&notes, Notes, sizeof(PassNotes));
        Stream.Synchronize();
        seen = notes;
        if (seen.RowError == 0) return;
        Stream.Clear(Notes + (ulong)Marshal.OffsetOf<PassNotes>(nameof(PassNotes.RowError)), sizeof(ulong));
        throw RowOutOfRange(seen.RowError);
    }

    /// <summary>Copies a result to the host.</summary>
    /// <param name="output">Its place among those of all entry points.</param>
    /// <param name="values">Written.</param>
    public void Download(int output, Span<float> values)
    {
        fixed (float* first = values)
        {
            Stream.CopyToHost(first, (ulong)Output(output), (long)values.Length * sizeof(float));
            Stream.Synchronize();
        }
    }

    /// <summary>A result that is one number.</summary>
    /// <param name="place">0 for the first.</param>
    public float Result(int place) => seen.Results[place];
}
