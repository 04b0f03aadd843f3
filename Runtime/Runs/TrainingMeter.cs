using System;
using System.Diagnostics.Metrics;

namespace ModelCompiler.Runtime.Runs;

/// <summary>
/// The course of a run as <see cref="System.Diagnostics.Metrics"/>, for whatever listens: dotnet-counters,
/// OpenTelemetry, a <see cref="MeterListener"/>. The meter is called ModelCompiler and tagged with the model's name.
/// </summary>
/// <remarks>
/// <para>Instruments: modelcompiler.loss, modelcompiler.gradient_norm, modelcompiler.learning_rate,
/// modelcompiler.items_per_second, modelcompiler.step.duration in seconds, modelcompiler.steps, and
/// modelcompiler.validation with the metric's name as a tag.</para>
/// <para><b>Memory</b>: nothing is allocated where nobody listens.</para>
/// </remarks>
public sealed class TrainingMeter : IRunReport, IDisposable
{
    /// <summary>What listeners look for.</summary>
    public const string Name = "ModelCompiler";

    Meter? meter;
    Gauge<double>? loss, norm, rate, items, validation;
    Histogram<double>? duration;
    Counter<long>? steps;

    /// <inheritdoc/>
    public void Start(RunDescription run)
    {
        meter?.Dispose();
        meter = new Meter(new MeterOptions(Name) { Tags = [new("model", run.Trainer.Weights.Layout.Name)] });
        loss = meter.CreateGauge<double>("modelcompiler.loss", description: "Loss before the update.");
        norm = meter.CreateGauge<double>("modelcompiler.gradient_norm", description: "Before clipping.");
        rate = meter.CreateGauge<double>("modelcompiler.learning_rate", description: "Of the step.");
        items = meter.CreateGauge<double>("modelcompiler.items_per_second", $"{{{run.Unit}}}/s", "Rate of the step.");
        duration = meter.CreateHistogram<double>("modelcompiler.step.duration", "s", "Time of a step.");
        steps = meter.CreateCounter<long>("modelcompiler.steps", "{step}", "Steps done.");
        validation = meter.CreateGauge<double>("modelcompiler.validation", description: "A metric of validation.");
    }

    /// <inheritdoc/>
    public void Step(in StepReport step)
    {
        loss?.Record(step.Loss);
        norm?.Record(step.GradientNorm);
        rate?.Record(step.LearningRate);
        items?.Record(step.Rate);
        duration?.Record(step.Seconds);
        steps?.Add(1);
        if (step.Metrics is null) return;
        foreach ((string name, double value) in step.Metrics.Values)
            validation?.Record(value, new System.Collections.Generic.KeyValuePair<string, object?>("metric", name));
    }

    /// <inheritdoc/>
    public void Finish(RunResult result)
    {
    }

    /// <summary>Takes the meter away from its listeners.</summary>
    public void Dispose() => meter?.Dispose();
}
