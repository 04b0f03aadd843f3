using System;
using System.Runtime.InteropServices;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Runtime.Cuda.Programs;

/// <content>What a recorded pass does beside the model's own kernels.</content>
public abstract unsafe partial class CudaTraining
{
    (float? Bound, float? Decay, int Interval) recorded;
    PassNotes beforeRehearsal;

    long GradientLength => trainer.Weights.Layout.TrainableLength;

    /// <summary>Takes an input from this pass's slot.</summary>
    /// <param name="input">Its place.</param>
    /// <param name="bytes">At this pass's lengths.</param>
    protected void Upload(int input, long bytes)
    {
        if (IsMeasuring || IsSurveying) return;
        GoOn(InputsAndResults);
        const int BytesOfThread = 16;
        Launch(Own("upload"), Blocks((bytes + BytesOfThread - 1) / BytesOfThread), slots.Pointer, slotBytes,
            inputOffsets[input], (void*)Notes, Input(input), bytes);
    }

    /// <summary>Begins a pass: what the host says of it is taken from its slot.</summary>
    protected void TakeOrders()
    {
        if (IsMeasuring || IsSurveying) return;
        Next(InputsAndResults);
        Launch(Own("take_orders"), CudaLaunchShape.Of(1, 1), slots.Pointer, slotBytes, (void*)Notes);
    }

    /// <summary>Ends a pass: what the host is to see goes into the slot.</summary>
    protected void Finish()
    {
        if (IsMeasuring || IsSurveying) return;
        CudaKernel kernel = Own("finish");      // a recording can load none
        if (IsRehearsing) return;
        GoOn(InputsAndResults);
        Launch(kernel, CudaLaunchShape.Of(1, 1), slots.Pointer, slotBytes, notesOffset, (void*)Notes);
    }

    /// <summary>What the loss is multiplied by: one number of the device.</summary>
    protected float* LossScale =>
        (float*)(Notes + (ulong)Marshal.OffsetOf<PassNotes>(nameof(PassNotes.LossScale)));

    /// <summary>What is kept of tensors in 8 bits, on the device.</summary>
    protected float* Float8State => IsSurveying ? Surveyed : float8;

    /// <summary>After the gradients: the scales of the next step.</summary>
    protected void UpdateFloat8Scales()
    {
        if (IsMeasuring) return;
        CudaKernel kernel = Library.Get("float8", "update_scales");    // a recording can load none
        if (IsRehearsing || IsSurveying) return;
        Next("Float8Scales");
        Launch(kernel, Blocks(trainer.Float8Count), Float8State, trainer.Float8Count);
    }

    /// <summary>Divides the gradients by <see cref="LossScale"/>.</summary>
    protected void UnscaleGradients()
    {
        if (IsMeasuring || IsSurveying) return;
        Next("UnscaleGradients");
        Launch(Own("unscale"), Blocks(GradientLength), Gradients, GradientLength, (void*)Notes);
    }

    /// <summary>Where a gradient is not finite, states stay as they are.</summary>
    protected void SkipWhereNotFinite()
    {
        if (IsMeasuring) return;
        if (IsSurveying)
        {
            Library.Get("numbers", "first_not_finite", CudaElements.Define(CudaDataType.Float32));
            return;
        }
        Next(nameof(SkipWhereNotFinite));
        ulong found = Workspace;
        CudaNumbers.FindNotFinite(Library, Stream, CudaDataType.Float32, (ulong)Gradients, GradientLength,
            mayBeInfinite: false, found);
        Launch(Own("skip_where_found"), CudaLaunchShape.Of(1, 1), (void*)found, (void*)Notes,
            IsRehearsing || !trainer.ScalesLossOnDevice ? 1 : 0);
    }

    /// <summary>Changes every parameter by its gradient, unless one is not finite.</summary>
    protected void Update()
    {
        if (IsMeasuring)
        {
            UpdateParts();
            return;
        }
        if (IsSurveying) return;        // which optimizer it will be is not known: see SurveyUpdates
        ulong gradients = (ulong)Gradients, sums = normSums.DevicePointer;
        if (trainer.MaxGradientValue is { } bound)
        {
            Next("MaxGradientValue");
            CudaGradients.Clamp(Library, Stream, gradients, Numbers, GradientLength, bound);
        }
        Next("SquaredNorm");
        CudaGradients.SquaredNorm(Library, Stream, gradients, GradientLength, sums);
        (float beta1, float beta2) = trainer.Optimizer switch
        {
            AdamW adam => (adam.Beta1, adam.Beta2),
            Muon muon => (muon.Beta1, muon.Beta2),
            _ => (0, 0),
        };
        CudaGradients.FinishNorm(Library, Stream, Numbers, sums, GradientLength, beta1, beta2,
            isSticky: IsRehearsing || !trainer.ScalesLossOnDevice);
        if (trainer.ScalesLossOnDevice)
            Launch(Own("adapt_loss_scale"), CudaLaunchShape.Of(1, 1), (void*)Notes, trainer.LossScaleInterval);
        ulong blocks = updateBlocks?.DevicePointer ?? 0, weights = (ulong)Parameters;
        int count = trainer.Updates.Count;
        switch (trainer.Optimizer)
        {
            case AdamW adamW:
                Next(nameof(AdamW));
                CudaOptimizer.AdamW(Library, Stream, Numbers, blocks, count, weights, gradients, States,
                    States + (ulong)GradientLength * sizeof(float), adamW.Beta1, adamW.Beta2, adamW.Epsilon);
                break;
            case Sgd sgd:
                Next(nameof(Sgd));
                CudaOptimizer.Sgd(Library, Stream, Numbers, blocks, count, weights, gradients, States, sgd.Momentum,
                    sgd.Nesterov);
                break;
            case Lion lion:
                Next(nameof(Lion));
                CudaOptimizer.Lion(Library, Stream, Numbers, blocks, count, weights, gradients, States, lion.Beta1,
                    lion.Beta2);
                break;
            case Muon muon:
                UpdateParts();
                Next(nameof(AdamW));
                CudaOptimizer.AdamW(Library, Stream, Numbers, blocks, count, weights, gradients, States,
                    States + (ulong)GradientLength * sizeof(float), muon.Beta1, muon.Beta2, muon.Epsilon,
                    muon.AdamWRateScale);
                break;
            default:
                UpdateParts();
                break;
        }
        if (average is null) return;
        Next("AverageWeights");
        CudaGradients.Average(Library, Stream, weights, (ulong)average, Numbers,
            trainer.Weights.Layout.ArenaLength, 1 - trainer.AverageDecay!.Value);
    }

    /// <summary>A step that is skipped changes nothing.</summary>
    private protected override void BeginRehearsal()
    {
        PassNotes notes;
        Stream.CopyToHost(&notes, Notes, sizeof(PassNotes));
        Stream.Synchronize();
        beforeRehearsal = notes;
        notes.Numbers.Skip = 1;
        Write(notes);
    }

    private protected override void EndRehearsal() => Write(beforeRehearsal);

    void Write(PassNotes notes)
    {
        Stream.CopyToDevice(Notes, &notes, sizeof(PassNotes));
        Stream.Synchronize();
    }

    /// <summary>Updates the parameters that an optimizer takes as matrices, one after another: generated.</summary>
    protected virtual void UpdateParts()
    {
    }

    /// <summary>Adafactor on one parameter.</summary>
    /// <param name="optimizer">Hyperparameters.</param>
    /// <param name="offset">Of the parameter in its arenas.</param>
    /// <param name="state">Where its state starts.</param>
    /// <param name="firstTensor">Its first tensor's place among all.</param>
    /// <param name="tensors">How many are stacked.</param>
    /// <param name="matrices">Of a tensor.</param>
    /// <param name="rows">Of a matrix.</param>
    /// <param name="columns">Of a matrix.</param>
    /// <param name="isFactored">Whether rows and columns are kept, not all elements.</param>
    protected void UpdateByAdafactor(Adafactor optimizer, long offset, long state, int firstTensor, int tensors,
        int matrices, int rows, int columns, bool isFactored)
    {
        ulong work = Scratch(CudaAdafactor.ScratchBytes(tensors, matrices, rows));
        if (IsMeasuring) return;
        Next(nameof(Adafactor));
        ulong bytes = (ulong)offset * sizeof(float);
        CudaAdafactor.Update(Library, Stream, optimizer, Numbers, (ulong)Parameters + bytes, (ulong)Gradients + bytes,
            States + (ulong)state * sizeof(float), work, Groups(firstTensor), tensors, matrices, rows, columns,
            isFactored);
    }

    /// <summary>Muon on one parameter.</summary>
    /// <param name="optimizer">Hyperparameters.</param>
    /// <param name="offset">Of the parameter in its arenas, and of its momentum.</param>
    /// <param name="firstTensor">Its first tensor's place among all.</param>
    /// <param name="count">Matrices.</param>
    /// <param name="rows">Of a matrix.</param>
    /// <param name="columns">Of a matrix.</param>
    protected void UpdateByMuon(Muon optimizer, long offset, int firstTensor, int count, int rows, int columns)
    {
        ulong work = Scratch(CudaMuon.ScratchBytes(count, rows, columns));
        if (IsMeasuring) return;
        Next(nameof(Muon));
        ulong bytes = (ulong)offset * sizeof(float);
        CudaMuon.Update(Library, Stream, optimizer, Numbers, (ulong)Parameters + bytes, (ulong)Gradients + bytes,
            States + bytes, work, Groups(firstTensor), count, rows, columns);
    }

    ulong Groups(int firstTensor) => groups.DevicePointer + (ulong)(firstTensor * sizeof(GroupSettings));

    /// <summary>What recorded updates hold as constants: where it has changed they are recorded anew.</summary>
    void Settle()
    {
        var now = (trainer.MaxGradientValue, trainer.Average is null ? null : trainer.AverageDecay,
            trainer.LossScaleInterval);
        if (now != recorded) Forget(UpdatingPass);
        recorded = now;
    }
}
