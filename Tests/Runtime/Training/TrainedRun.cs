using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Runtime.Training;

/// <summary>The model with every optimizer, its data, and what one may ask of a run.</summary>
public static class TrainedRun
{
    public static string[] Optimizers { get; } = ["AdamW", "Sgd", "Nesterov", "Lion", "Adafactor", "AdafactorFixed", "Muon", "MuonPlain"];

    public static TheoryData<string> All => [.. Optimizers];

    /// <summary>With groups that divide stacked layers within a vector.</summary>
    public static Optimizer Of(string name) => Plain(name) with
    {
        Groups =
        [
            new ParameterGroup("blocks.1.*.bias", learningRateScale: 0.5f, weightDecay: 0),
            new ParameterGroup("*.bias", weightDecay: 0),
            new ParameterGroup("*", learningRateScale: 0.75f) { MostAxes = 1 },
            new ParameterGroup("blocks.2.up.*", learningRateScale: 0.25f),
        ],
    };

    public static Optimizer Plain(string name) => name switch
    {
        "AdamW" => new AdamW(1e-2f, epsilon: 1e-6f, weightDecay: 0.1f),
        "Sgd" => new Sgd(5e-2f, momentum: 0.9f, weightDecay: 0.01f),
        "Nesterov" => new Sgd(5e-2f, momentum: 0.9f, weightDecay: 0.01f, nesterov: true),
        "Lion" => new Lion(2e-3f, weightDecay: 0.1f),
        "Adafactor" => new Adafactor(),
        "AdafactorFixed" => new Adafactor(1e-2f, relativeStep: false, scaleByParameter: false, weightDecay: 0.1f),
        "Muon" => new Muon(1e-2f, epsilon: 1e-6f),
        "MuonPlain" => new Muon(1e-2f, nesterov: false, matchAdamW: false, adamWRateScale: 0.5f, epsilon: 1e-6f),
        _ => throw new ArgumentException(name, nameof(name)),
    };

    public static Trained.Trainer Create(Optimizer optimizer, int threads = 2, ulong seed = 3)
    {
        Device device = Device.Cpu.WithThreads(threads);
        return optimizer switch
        {
            AdamW o => Trained.CreateTrainer(device, o, seed),
            Sgd o => Trained.CreateTrainer(device, o, seed),
            Lion o => Trained.CreateTrainer(device, o, seed),
            Adafactor o => Trained.CreateTrainer(device, o, seed),
            Muon o => Trained.CreateTrainer(device, o, seed),
            _ => throw new ArgumentException(optimizer.ToString(), nameof(optimizer)),
        };
    }

    public static int[] Ids(int batch) => Draw.Tokens(6, 11, stream: 10 + (uint)batch);

    public static int[] Labels(int batch) => Draw.Tokens(6, 7, stream: 100 + (uint)batch);

    public static float[] Everything(ModelTrainer trainer) => [.. trainer.Weights.Names.SelectMany(n => trainer.Parameter(n).ToArray())];

    public static Dictionary<string, double[]> Doubles(ModelTrainer trainer) =>
        trainer.Weights.Names.ToDictionary(n => n, n => Array.ConvertAll(trainer.Parameter(n).ToArray(), x => (double)x));
}
