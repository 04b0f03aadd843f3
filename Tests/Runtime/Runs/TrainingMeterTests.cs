using System;
using System.Collections.Generic;
using System.Diagnostics.Metrics;
using System.Linq;
using ModelCompiler.Runtime.Runs;
using ModelCompiler.Tests.Models;
using static ModelCompiler.Tests.Runtime.Training.GptData;

namespace ModelCompiler.Tests.Runtime.Runs;

/// <summary>What a listener hears.</summary>
public sealed class TrainingMeterTests
{
    [Fact]
    public void AListener_HearsEveryInstrument()
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 1);
        using var meter = new TrainingMeter();
        meter.Start(new RunDescription(trainer, 3, 0, "tokens", "loss", false));
        List<(string Name, double Value, string Tag)> heard = [];
        Meter? source = null;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                // Other tests have meters too.
                if (instrument.Meter.Name != TrainingMeter.Name || source is not null && instrument.Meter != source) return;
                source = instrument.Meter;
                l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => heard.Add((i.Name, value, tags.Length > 0 ? $"{tags[0].Value}" : "")));
        listener.SetMeasurementEventCallback<long>((i, value, _, _) => heard.Add((i.Name, value, "")));
        var metrics = new Metrics();
        metrics.Add("accuracy", 0.5);
        listener.Start();
        meter.Step(new StepReport(1, 2.5f, 0.25, 192, 0, 0.75f, 0.125f, 4, metrics, true));
        Assert.Equal(new[]
        {
            ("modelcompiler.gradient_norm", 0.75, ""), ("modelcompiler.items_per_second", 192.0, ""), ("modelcompiler.learning_rate", 0.125, ""),
            ("modelcompiler.loss", 2.5, ""), ("modelcompiler.step.duration", 0.25, ""), ("modelcompiler.steps", 1.0, ""), ("modelcompiler.validation", 0.5, "accuracy"),
        }, heard.OrderBy(h => h.Name, StringComparer.Ordinal));
        Assert.Equal("SmallGpt", source!.Tags!.Single(t => t.Key == "model").Value);
    }
}
