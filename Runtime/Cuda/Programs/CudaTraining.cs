using System;
using System.Runtime.InteropServices;
using ModelCompiler.Runtime.Diagnostics;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Runtime.Cuda.Programs;

/// <summary>
/// What every generated training program on a device of CUDA stands on. A step is one graph: it takes its inputs from
/// one of two slots of page-locked memory, computes loss, gradients and update, and leaves its results in the slot. The
/// host fills the other slot meanwhile, and reads a step's results when it has asked for the next.
/// </summary>
public abstract unsafe partial class CudaTraining : CudaProgram
{
    /// <summary>Loss and gradients.</summary>
    protected const int ComputingPass = 0;

    /// <summary>Loss, gradients and the update.</summary>
    protected const int UpdatingPass = 1;

    const int Slots = 2, SlotAlignment = 256;

    readonly ModelTrainer trainer;
    readonly CudaPageLockedHostMemory<byte> slots;
    readonly CudaEvent[] done = new CudaEvent[Slots];
    readonly CudaDeviceVariable<byte>? updateBlocks;
    readonly CudaDeviceVariable<byte> normSums;
    readonly CudaDeviceVariable<GroupSettings> groups;
    readonly long[] inputOffsets;
    readonly long slotBytes, notesOffset;
    PassNotes seen;                 // of the last pass whose end was waited for
    long launched, read;            // passes
    bool isDisposed;

    /// <summary>Reserves the device's memory.</summary>
    /// <param name="trainer">Whose parameters, gradients and states they are.</param>
    /// <param name="text">The model's kernels.</param>
    /// <param name="activationBytes">At the largest lengths.</param>
    /// <param name="inputBytes">Of each input at the largest lengths.</param>
    /// <param name="outputBytes">None.</param>
    /// <param name="passCount">Two.</param>
    protected CudaTraining(ModelTrainer trainer, CudaKernelText text, long activationBytes,
        ReadOnlySpan<long> inputBytes, ReadOnlySpan<long> outputBytes, int passCount)
        : base((trainer ?? throw new ArgumentNullException(nameof(trainer))).Device, text, activationBytes, inputBytes,
            outputBytes, passCount)
    {
        this.trainer = trainer;
        inputOffsets = new long[inputBytes.Length];
        long end = SlotAlignment;       // the orders
        for (int i = 0; i < inputBytes.Length; i++)
        {
            inputOffsets[i] = end;
            end += (inputBytes[i] + SlotAlignment - 1) / SlotAlignment * SlotAlignment;
        }
        notesOffset = end;
        slotBytes = end + (sizeof(PassNotes) + SlotAlignment - 1) / SlotAlignment * SlotAlignment;
        slots = new CudaPageLockedHostMemory<byte>(Library.Context, checked((int)(Slots * slotBytes)));
        for (int i = 0; i < Slots; i++) done[i] = new CudaEvent(Library.Context, measuresTime: false);
        UpdateTable table = trainer.Updates;
        if (table.Count > 0)
        {
            updateBlocks = new CudaDeviceVariable<byte>(Library.Context, (long)table.Count * sizeof(UpdateBlock),
                "the optimizer's table");
            updateBlocks.CopyToDevice(new ReadOnlySpan<byte>(table.Blocks, table.Count * sizeof(UpdateBlock)), Stream);
        }
        groups = new CudaDeviceVariable<GroupSettings>(Library.Context, Math.Max(1, table.Settings.Length),
            "the optimizer's groups");
        groups.CopyToDevice(table.Settings, Stream);
        normSums = new CudaDeviceVariable<byte>(Library.Context,
            Math.Max(1, CudaGradients.ScratchBytes(GradientLength)), "sums of squares");
        Load();
        trainer.DeviceProgram = this;
        Restart();
    }

    /// <inheritdoc/>
    protected override float* Parameters =>
        IsMeasuring ? null : (float*)trainer.Weights.Memory.OnDevice(Stream);

    /// <summary>Gradients on the device, laid out as the parameters.</summary>
    protected float* Gradients => IsMeasuring ? null : (float*)trainer.GradientMemory.OnDevice(Stream);

    ulong States => trainer.StateMemory.OnDevice(Stream);

    byte* Slot => slots.Pointer + launched % Slots * slotBytes;

    ulong Numbers => Notes + (ulong)Marshal.OffsetOf<PassNotes>(nameof(PassNotes.Numbers));

    /// <summary>Waits until the slot of the next pass is free: until the pass before the last has been done. Where
    /// numbers are checked until all are done, so that an earlier pass is not blamed on this one.</summary>
    public void Begin()
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (trainer.CheckNumbers) ReadTo(launched);
        if (launched - read >= Slots) Read();
    }

    /// <summary>An input of the next pass.</summary>
    /// <param name="input">Its place.</param>
    /// <param name="values">Checked; copied.</param>
    public void Take<T>(int input, ReadOnlySpan<T> values) where T : unmanaged =>
        MemoryMarshal.AsBytes(values).CopyTo(new Span<byte>(Slot + inputOffsets[input], values.Length * sizeof(T)));

    /// <summary>A step: loss, gradients and update.</summary>
    /// <param name="lengths">Of the dims, in order.</param>
    /// <returns>The loss of the step before; NaN in the first.</returns>
    public float Step(ReadOnlySpan<long> lengths)
    {
        Settle();
        trainer.BeginStepOnDevice();
        Launch(UpdatingPass, lengths, 1);
        Changed();
        if (launched > 1) ReadTo(launched - 1);
        return launched > 1 ? seen.Results[0] : float.NaN;
    }

    /// <summary>Loss and gradients without an update.</summary>
    /// <param name="lengths">Of the dims, in order.</param>
    /// <returns>Their loss: the device is waited for.</returns>
    public float ComputeGradients(ReadOnlySpan<long> lengths)
    {
        Launch(ComputingPass, lengths, 1);
        trainer.GradientMemory.DeviceChanged(Stream);
        trainer.KeepGradientsOfDevice();
        return Synchronize();
    }

    /// <summary>Loss and gradients of a micro-batch, added to those that wait.</summary>
    /// <param name="lengths">Of the dims, in order.</param>
    /// <param name="weight">How much it counts.</param>
    /// <returns>The loss of the pass before; NaN in the first.</returns>
    public float AccumulateGradients(ReadOnlySpan<long> lengths, float weight)
    {
        Launch(ComputingPass, lengths, 1);
        BeginMeasuring();
        Next("AddGradients");
        CudaGradients.Add(Library, Stream, (ulong)Gradients, trainer.Waiting.OnDevice(Stream), GradientLength, weight,
            trainer.AccumulatedCount == 0);
        EndMeasuring();
        trainer.GradientMemory.DeviceChanged(Stream);
        trainer.Waiting.DeviceChanged(Stream);
        trainer.CountMicroBatch(weight);
        if (launched > 1) ReadTo(launched - 1);
        return launched > 1 ? seen.Results[0] : float.NaN;
    }

    /// <summary>A number of the pass whose loss was returned last.</summary>
    /// <param name="place">0 for the loss, then metrics.</param>
    public float Result(int place) => launched > 0 && read > 0 ? seen.Results[place] : float.NaN;

    /// <summary>Activations of the last pass, copied.</summary>
    internal float[] ActivationsAt(long offset, int length)
    {
        var values = new float[length];
        fixed (float* first = values)
        {
            Stream.CopyToHost(first, (ulong)(Activations + offset), (long)length * sizeof(float));
            Stream.Synchronize();
        }
        return values;
    }

    /// <summary>Waits for all passes.</summary>
    internal float Synchronize()
    {
        if (launched == 0) return float.NaN;
        ReadTo(launched);
        return seen.Results[0];
    }

    /// <summary>Updates by the gradients that wait, or the last ones.</summary>
    internal void Apply(bool isAccumulated, float scale)
    {
        Settle();
        trainer.BeginStepOnDevice();
        ulong gradients = (ulong)Gradients;
        BeginMeasuring();
        if (isAccumulated)
        {
            Next("ScaleGradients");
            CudaGradients.Scale(Library, Stream, trainer.Waiting.OnDevice(Stream), gradients, GradientLength, scale);
            trainer.GradientMemory.DeviceChanged(Stream);
        }
        Begin();
        WriteOrders(1);
        TakeOrders();
        Update();
        Finish();
        EndMeasuring();
        done[launched % Slots].Record(Stream);
        launched++;
        Changed();
        ReadTo(launched);
    }

    /// <summary>The trainer's parameters, states or step are others now.</summary>
    internal void Restart()
    {
        PassNotes notes;
        Stream.CopyToHost(&notes, Notes, sizeof(PassNotes));
        Stream.Synchronize();
        notes.Numbers = new() { Step = trainer.StepCount, GradientScale = 1, MaxNorm = float.PositiveInfinity };
        (notes.LossScale, notes.GoodSteps) = trainer.LossScaling;
        notes.IsHalted = 0;
        Write(notes);
        read = launched;
        seen = default;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (isDisposed) return;
        isDisposed = true;
        base.Dispose();
        updateBlocks?.Dispose();
        normSums.Dispose();
        groups.Dispose();
        slots.Dispose();
        foreach (CudaEvent occurrence in done) occurrence.Dispose();
    }

    void Launch(int pass, ReadOnlySpan<long> lengths, float gradientScale)
    {
        trainer.BeginPassOnDevice();
        WriteOrders(gradientScale);
        Load();
        isUpdating = pass == UpdatingPass;
        if (trainer.CheckNumbers || KernelProfile.OfThisStep is not null) RunWatched(pass, lengths);
        else Run(pass, lengths);
        if (trainer.Float8Count > 0) trainer.Float8Memory.DeviceChanged(Stream);
        done[launched % Slots].Record(Stream);
        launched++;
    }

    void WriteOrders(float gradientScale)
    {
        (int key0, int key1) = trainer.RandomKeys;
        *(PassOrders*)Slot = new PassOrders
        {
            RandomKey0 = key0, RandomKey1 = key1, Rate = trainer.LearningRate, GradientScale = gradientScale,
            MaxNorm = trainer.MaxGradientNorm ?? float.PositiveInfinity, Key0 = (uint)key0, Key1 = (uint)key1,
        };
    }

    /// <summary>Brings what the host has changed to the device, before anything is recorded.</summary>
    void Load()
    {
        _ = Parameters;
        _ = Gradients;
        _ = States;
        if (trainer.Float8Count > 0) _ = trainer.Float8Memory.OnDevice(Stream);
        _ = trainer.Average?.Memory.OnDevice(Stream);
    }

    void Changed()
    {
        trainer.Weights.Memory.DeviceChanged(Stream);
        trainer.GradientMemory.DeviceChanged(Stream);
        trainer.StateMemory.DeviceChanged(Stream);
        if (trainer.Float8Count > 0) trainer.Float8Memory.DeviceChanged(Stream);
        trainer.Average?.Memory.DeviceChanged(Stream);
    }

    void ReadTo(long pass)
    {
        while (read < pass) Read();
    }

    /// <summary>Waits for the oldest pass that was not looked at, and for what it has to say.</summary>
    void Read()
    {
        done[read % Slots].Synchronize();
        seen = *(PassNotes*)(slots.Pointer + read % Slots * slotBytes + notesOffset);
        read++;
        if (seen.RowError != 0) throw RowOutOfRange(seen.RowError);
        trainer.Measured(seen.Numbers.Norm);
        trainer.Scaled(seen.LossScale, seen.GoodSteps);
        if (seen.Numbers.Skip == 0) return;
        if (trainer.ScalesLossOnDevice && seen.IsHalted == 0)
        {
            trainer.SkippedOnDevice();
            return;
        }
        // What was launched since has changed nothing either, and does not count.
        long late = launched - read;
        for (; read < launched; read++) done[read % Slots].Synchronize();
        trainer.TakeBack((int)late + 1);
        Restart();
        throw trainer.NotFiniteOnDevice();
    }
}
