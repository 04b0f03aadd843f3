using System;

namespace ModelCompiler.Runtime.Training;

/// <content>Dynamic scaling of the loss, for gradients in IEEE binary16.</content>
public abstract unsafe partial class ModelTrainer
{
    /// <summary>Of binary16 gradients at the start: 2^16, as in Micikevicius et al. (2018), section 3.2.</summary>
    const float InitialLossScale = 65536;

    /// <summary>Below it an overflow is the model's own: no gradient is kept from vanishing any more.</summary>
    const float LeastLossScale = 1;

    int goodSteps;

    /// <summary>
    /// What the loss is multiplied by before gradients are computed of it, so that small ones do not vanish in 16 bits;
    /// gradients are divided by it again. Where one overflows, the step is skipped and the scale halved; after
    /// <see cref="LossScaleInterval"/> good steps it is doubled. 1 for a model without a layer in
    /// <c>Precision.Float16</c>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0, or not finite.</exception>
    /// <exception cref="InvalidOperationException">Set for a model without such a layer.</exception>
    /// <remarks><para><b>Source</b>: Micikevicius et al., Mixed Precision Training (2018).</para></remarks>
    /// <example><code>trainer.LossScale = 1024;</code></example>
    public float LossScale
    {
        get => ScalesLoss ? lossScale : 1;
        set
        {
            if (!ScalesLoss)
                throw new InvalidOperationException($"{weights.Layout.Name} has no layer in Precision.Float16, so " +
                    "its loss is not scaled. Leave LossScale as it is.");
            value = Hyperparameter.Positive(value, nameof(LossScale));
            DeviceProgram?.Synchronize();       // steps under way have a say in it, and are overruled
            (lossScale, goodSteps) = (value, 0);
            DeviceProgram?.TakeNumbers();
        }
    }

    float lossScale = InitialLossScale;

    /// <summary>Good steps after which <see cref="LossScale"/> is doubled; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int LossScaleInterval
    {
        get;
        set => field = Hyperparameter.Positive(value, nameof(LossScaleInterval));
    } = 2000;

    /// <summary>
    /// Steps since the start, or since <see cref="Load"/>, in which a gradient overflowed: no parameter has changed,
    /// and they count neither as steps nor for the schedule.
    /// </summary>
    public int SkippedSteps { get; private set; }

    /// <summary>Whether gradients are computed of a multiple of the loss: generated.</summary>
    protected virtual bool ScalesLoss => false;

    /// <summary>Whether the last update was skipped.</summary>
    protected bool WasSkipped { get; private set; }

    /// <summary>Divides the gradients by <see cref="LossScale"/>: exact for powers of two.</summary>
    protected void UnscaleGradients()
    {
        WasSkipped = false;
        if (LossScale == 1) return;
        var work = new ScaleGradients
        {
            from = Gradients, to = Gradients, length = weights.Layout.TrainableLength, factor = 1 / LossScale,
        };
        Pool.Run(work, SquaredNormWork.Blocks(work.length), grain: 4);
    }

    /// <summary>After an overflow: halves the scale; false where the scale cannot have caused it.</summary>
    bool SkipStep()
    {
        if (!ScalesLoss || lossScale <= LeastLossScale) return false;
        lossScale = Math.Max(LeastLossScale, lossScale / 2);
        (goodSteps, hasGradients, WasSkipped) = (0, false, true);
        SkippedSteps++;
        return true;
    }

    void CountGoodStep()
    {
        if (!ScalesLoss || ++goodSteps < LossScaleInterval) return;
        goodSteps = 0;
        if (float.IsFinite(2 * lossScale)) lossScale *= 2;
    }
}
