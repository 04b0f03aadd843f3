using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp.Modules;
using static ModelCompiler.Tests.References.MakeReferences.Hyperparameters;
using static TorchSharp.torch;

namespace ModelCompiler.Tests.References.MakeReferences;

/// <summary>Everything computed from one set of parameters and one batch, in one floating-point type.</summary>
sealed class Figures
{
    readonly IReadOnlyDictionary<string, Tensor> start;
    readonly Tensor ids, targets;
    readonly ScalarType type;
    readonly List<(string Name, Tensor Value)> all = [];

    Figures(IReadOnlyDictionary<string, Tensor> start, Tensor ids, Tensor targets, ScalarType type)
        => (this.start, this.ids, this.targets, this.type) = (start, ids, targets, type);

    /// <summary>Runs the model once, then both optimizers from the same start on the same batch.</summary>
    /// <param name="start">Parameters by name; fp32.</param>
    /// <param name="ids">[B, T]; int64.</param>
    /// <param name="targets">[B, T]; int64.</param>
    /// <param name="type">Float32 or Float64.</param>
    /// <param name="adamW">From parameters to what makes one step.</param>
    /// <param name="sgd">From parameters to what makes one step.</param>
    /// <returns>Names as in the file, in the file's order; dense tensors of <paramref name="type"/>.</returns>
    public static IReadOnlyList<(string Name, Tensor Value)> Compute(
        IReadOnlyDictionary<string, Tensor> start, Tensor ids, Tensor targets, ScalarType type,
        Func<IReadOnlyList<Parameter>, Action> adamW, Func<IReadOnlyList<Parameter>, Action> sgd)
    {
        Figures figures = new(start, ids, targets, type);
        figures.AddOnePass();
        figures.AddTraining("updated", "losses", AdamWSteps, adamW);
        figures.AddTraining("sgd", "sgd-losses", SgdSteps, sgd);
        return figures.all;
    }

    void AddOnePass()
    {
        SmallGpt model = new(start, type);
        Add("logits", model.Logits(ids));
        Tensor loss = model.Loss(ids, targets);
        Add("loss", loss);
        loss.backward();
        foreach ((string name, Parameter parameter) in model.Parameters) Add($"gradients/{name}", parameter.grad!);
    }

    void AddTraining(string prefix, string lossName, int steps, Func<IReadOnlyList<Parameter>, Action> optimizer)
    {
        SmallGpt model = new(start, type);
        Action step = optimizer([.. model.Parameters.Values]);
        List<Tensor> losses = [];
        for (int i = 0; i < steps; i++)
        {
            foreach (Parameter parameter in model.Parameters.Values) parameter.grad?.zero_();
            Tensor loss = model.Loss(ids, targets);
            losses.Add(loss.detach());
            loss.backward();
            step();
        }
        foreach ((string name, Parameter parameter) in model.Parameters) Add($"{prefix}/{name}", parameter);
        Add(lossName, stack(losses));
    }

    // The gradient of a transposed view may itself be transposed in memory; the file is row-major.
    void Add(string name, Tensor value) => all.Add((name, value.detach().contiguous().clone()));
}
