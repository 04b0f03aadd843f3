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

    /// <summary>The pass of a micro-batch of a model with states, which change with it.</summary>
    protected const int AccumulatingPass = 2;

    const int Slots = 2, SlotAlignment = 256;

    readonly ModelTrainer trainer;
    readonly bool hasStates;
    readonly CudaPageLockedHostMemory<byte> slots;
    readonly CudaEvent[] done = new CudaEvent[Slots];
    readonly CudaDeviceVariable<byte>? updateBlocks;
    readonly CudaDeviceVariable<byte> normSums;
    readonly CudaDeviceVariable<GroupSettings> groups;
    readonly long[] inputOffsets;
    readonly long slotBytes, notesOffset;
    readonly bool[] isUpdate = new bool[Slots];     // of the passes in the slots: only they are counted as steps
    float* parameters, gradients, states, float8, average;     // of the device, while a pass is launched
    PassNotes seen;                 // of the last pass whose end was waited for
    bool hasSeen;                   // since the start, or since training began anew
    long launched, read;            // passes
    bool isDisposed;

    /// <summary>Reserves the device's memory.</summary>
    /// <param name="trainer">Whose parameters, gradients and states they are.</param>
    /// <param name="text">The model's kernels.</param>
    /// <param name="activationBytes">At the largest lengths.</param>
    /// <param name="inputBytes">Of each input at the largest lengths.</param>
    /// <param name="outputBytes">None.</param>
    /// <param name="passCount">Two, or three where the model has states.</param>
    protected CudaTraining(ModelTrainer trainer, CudaKernelText text, long activationBytes,
        ReadOnlySpan<long> inputBytes, ReadOnlySpan<long> outputBytes, int passCount)
        : base((trainer ?? throw new ArgumentNullException(nameof(trainer))).Device, text, activationBytes, inputBytes,
            outputBytes, passCount)
    {
        this.trainer = trainer;
        hasStates = passCount > AccumulatingPass;
        if (IsSurveying)
        {
            (slots, normSums, groups, inputOffsets) = (null!, null!, null!, null!);
            return;
        }
        inputOffsets = new long[inputBytes.Length];
        long end = SlotAlignment;       // the orders
        for (int i = 0; i < inputBytes.Length; i++)
        {
            inputOffsets[i] = end;
            end += (inputBytes[i] + SlotAlignment - 1) / SlotAlignment * SlotAlignment;
        }
        notesOffset = end;
        slotBytes = end + (sizeof(PassNotes) + SlotAlignment - 1) / SlotAlignment * SlotAlignment;
        slots = new CudaPageLockedHostMemory<byte>(Library.Context, Slots * slotBytes);
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
    protected override float* Parameters => IsSurveying ? Surveyed : parameters;

    /// <summary>Gradients on the device, laid out as the parameters.</summary>
    protected float* Gradients => IsSurveying ? Surveyed : gradients;

    ulong States => (ulong)states;

    byte* Slot => slots.Pointer + launched % Slots * slotBytes;

    ulong Numbers => Notes + (ulong)Marshal.OffsetOf<PassNotes>(nameof(PassNotes.Numbers));

    CudaEvent Done => done[launched % Slots];

    float Loss => hasSeen ? seen.Results[0] : float.NaN;

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
        values.CopyTo(new Span<T>(Slot + inputOffsets[input], values.Length));

    /// <summary>A step: loss, gradients and update.</summary>
    /// <param name="lengths">Of the dims, in order.</param>
    /// <returns>The loss of the step before; NaN in the first.</returns>
    public float Step(ReadOnlySpan<long> lengths)
    {
        Settle();
        trainer.BeginStepOnDevice();
        Launch(UpdatingPass, lengths);
        End(isStep: true);
        ReadTo(launched - 1);
        return Loss;
    }

    /// <summary>Loss and gradients without an update.</summary>
    /// <param name="lengths">Of the dims, in order.</param>
    /// <returns>Their loss: the device is waited for.</returns>
    public float ComputeGradients(ReadOnlySpan<long> lengths)
    {
        Launch(ComputingPass, lengths);
        End(isStep: false);
        trainer.KeepGradientsOfDevice();
        return Synchronize();
    }

    /// <summary>Loss and gradients of a micro-batch, added to those that wait.</summary>
    /// <param name="lengths">Of the dims, in order.</param>
    /// <param name="weight">How much it counts.</param>
    /// <returns>The loss of the pass before; NaN in the first.</returns>
    public float AccumulateGradients(ReadOnlySpan<long> lengths, float weight)
    {
        ulong waiting = trainer.Waiting.OnDevice(Stream);
        Launch(hasStates ? AccumulatingPass : ComputingPass, lengths);
        CudaEvent end = Done;
        End(isStep: false);
        BeginMeasuring();
        Next("AddGradients");
        CudaGradients.Add(Library, Stream, (ulong)Gradients, waiting, GradientLength, weight,
            trainer.AccumulatedCount == 0);
        EndMeasuring();
        end.Record(Stream);
        trainer.Waiting.DeviceChanged(Stream, end);
        if (hasStates) trainer.Weights.Memory.DeviceChanged(Stream, end);
        trainer.CountMicroBatch(weight);
        ReadTo(launched - 1);
        return Loss;
    }

    /// <summary>A number of the pass whose loss was returned last.</summary>
    /// <param name="place">0 for the loss, then metrics.</param>
    public float Result(int place) => hasSeen ? seen.Results[place] : float.NaN;

    /// <summary>Whether a pass was launched of which nothing is known yet.</summary>
    internal bool IsBehind => read < launched;

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
        ReadTo(launched);
        return Loss;
    }

    /// <summary>Updates by the gradients that wait, or the last ones.</summary>
    internal void Apply(bool isAccumulated, float scale)
    {
        Settle();
        Begin();
        trainer.BeginStepOnDevice();
        Load();
        BeginMeasuring();
        if (isAccumulated)
        {
            Next("ScaleGradients");
            CudaGradients.Scale(Library, Stream, trainer.Waiting.OnDevice(Stream), (ulong)Gradients, GradientLength,
                scale);
        }
        WriteOrders();
        TakeOrders();
        Update();
        Finish();
        EndMeasuring();
        End(isStep: true);
        try
        {
            ReadTo(launched);
        }
        catch (ArithmeticException)
        {
            // What waited has such a number in it: added to, it would never be rid of it.
            trainer.DiscardGradients();
            throw;
        }
    }

    /// <summary>The trainer's parameters, states or step are others now: what became of the passes before is of no
    /// interest any more.</summary>
    internal void Restart()
    {
        TakeNumbers();
        hasSeen = false;
    }

    /// <summary>The next pass begins with the trainer's step and scale of the loss.</summary>
    internal void TakeNumbers()
    {
        PassNotes notes;
        Stream.CopyToHost(&notes, Notes, sizeof(PassNotes));
        Stream.Synchronize();
        notes.Numbers = new() { Step = trainer.StepCount, GradientScale = 1, MaxNorm = float.PositiveInfinity };
        (notes.LossScale, notes.GoodSteps) = trainer.LossScaling;
        (notes.IsHalted, notes.RowError) = (0, 0);
        Write(notes);
        read = launched;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (isDisposed || IsSurveying) return;
        isDisposed = true;
        base.Dispose();
        updateBlocks?.Dispose();
        normSums.Dispose();
        groups.Dispose();
        slots.Dispose();
        foreach (CudaEvent occurrence in done) occurrence.Dispose();
    }

    void Launch(int pass, ReadOnlySpan<long> lengths)
    {
        Load();
        trainer.BeginPassOnDevice();
        try
        {
            WriteOrders();
            if (trainer.CheckNumbers || KernelProfile.OfThisStep is not null) RunWatched(pass, lengths);
            else Run(pass, lengths);
        }
        catch (Exception failure)
        {
            trainer.TakeBackPass();
            // A check has stopped the pass in the middle: the device goes on from where it was.
            if (failure is ArithmeticException) TakeNumbers();
            throw;
        }
    }

    /// <summary>Ends a pass: all of it has been launched.</summary>
    /// <param name="isStep">Whether it updates parameters, and counts.</param>
    void End(bool isStep)
    {
        CudaEvent end = Done;
        end.Record(Stream);
        isUpdate[launched % Slots] = isStep;
        launched++;
        trainer.GradientMemory.DeviceChanged(Stream, end);
        if (trainer.Float8Count > 0) trainer.Float8Memory.DeviceChanged(Stream, end);
        if (!isStep) return;
        trainer.CountStepOnDevice();
        trainer.Weights.Memory.DeviceChanged(Stream, end);
        trainer.StateMemory.DeviceChanged(Stream, end);
        trainer.Average?.Memory.DeviceChanged(Stream, end);
    }

    void WriteOrders()
    {
        (int key0, int key1) = trainer.RandomKeys;
        *(PassOrders*)Slot = new PassOrders
        {
            RandomKey0 = key0, RandomKey1 = key1, Rate = trainer.LearningRate, GradientScale = 1,
            MaxNorm = trainer.MaxGradientNorm ?? float.PositiveInfinity, Key0 = (uint)key0, Key1 = (uint)key1,
        };
    }

    /// <summary>Brings what the host has changed to the device, before anything is recorded: a recording can neither
    /// copy nor wait for others.</summary>
    void Load()
    {
        parameters = (float*)trainer.Weights.Memory.OnDevice(Stream);
        gradients = (float*)trainer.GradientMemory.OnDevice(Stream);
        states = (float*)trainer.StateMemory.OnDevice(Stream);
        float8 = trainer.Float8Count > 0 ? (float*)trainer.Float8Memory.OnDevice(Stream) : null;
        average = trainer.Average is { } weights ? (float*)weights.Memory.OnDevice(Stream) : null;
    }

    void ReadTo(long pass)
    {
        while (read < pass) Read();
    }

    /// <summary>Waits for the oldest pass that was not looked at, and for what it has to say.</summary>
    void Read()
    {
        bool isStep = Await();
        if (seen.RowError != 0) throw RowOutOfRange(seen.RowError);
        trainer.Scaled(seen.LossScale, seen.GoodSteps);
        // What other passes say of the update is the one before's.
        if (!isStep) return;
        trainer.Measured(seen.Numbers.Norm);
        if (seen.Numbers.Skip == 0) return;
        if (trainer.ScalesLossOnDevice && seen.IsHalted == 0)
        {
            trainer.SkippedOnDevice();
            return;
        }
        // Steps launched since have changed nothing either, unless they count for themselves.
        int notDone = 1;
        while (read < launched) if (Await() && seen.Numbers.Skip != 0) notDone++;
        trainer.TakeBack(notDone);
        Restart();
        throw trainer.NotFiniteOnDevice();
    }

    /// <summary>Waits for the oldest pass that was not looked at.</summary>
    /// <returns>Whether it was a step.</returns>
    bool Await()
    {
        long slot = read % Slots;
        done[slot].Synchronize();
        seen = *(PassNotes*)(slots.Pointer + slot * slotBytes + notesOffset);
        hasSeen = true;
        read++;
        return isUpdate[slot];
    }
}
