using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp.Modules;
using static ModelCompiler.Tests.References.MakeReferences.Hyperparameters;
using static TorchSharp.torch;

namespace ModelCompiler.Tests.References.MakeReferences;

/// <summary>The two optimizers written out from their formulas, one element at a time in double.</summary>
/// <remarks>
/// TorchSharp's optimizers are a port to C#, not libtorch's own; comparing with these shows that the port computes what PyTorch
/// documents.
/// </remarks>
static class PlainOptimizers
{
    /// <summary>Loshchilov and Hutter, Decoupled Weight Decay Regularization (2019), as in torch.optim.AdamW.</summary>
    /// <param name="parameters">fp64, with gradients when the result is called.</param>
    /// <returns>Makes one step per call.</returns>
    public static Action AdamW(IReadOnlyList<Parameter> parameters)
    {
        int step = 0;
        return PerElement(parameters, slots: 2, before: () => step++, (value, gradient, slots) =>
        {
            value *= 1 - AdamWRate * WeightDecay;
            slots[0] = Beta1 * slots[0] + (1 - Beta1) * gradient;
            slots[1] = Beta2 * slots[1] + (1 - Beta2) * gradient * gradient;
            double mean = slots[0] / (1 - Math.Pow(Beta1, step)), square = slots[1] / (1 - Math.Pow(Beta2, step));
            return value - AdamWRate * mean / (Math.Sqrt(square) + Epsilon);
        });
    }

    /// <summary>torch.optim.SGD with momentum: the rate scales the velocity, not the gradient that enters it.</summary>
    /// <remarks>Decay joins the gradient; nothing dampens it, so the first velocity is the first gradient.</remarks>
    /// <param name="parameters">fp64, with gradients when the result is called.</param>
    /// <returns>Makes one step per call.</returns>
    public static Action Sgd(IReadOnlyList<Parameter> parameters)
        => PerElement(parameters, slots: 1, before: () => { }, (value, gradient, slots) =>
        {
            slots[0] = Momentum * slots[0] + gradient + WeightDecay * value;
            return value - SgdRate * slots[0];
        });

    static Action PerElement(
        IReadOnlyList<Parameter> parameters, int slots, Action before, Func<double, double, double[], double> update)
    {
        double[][][] state = [.. parameters.Select(SlotsOf)];
        return () =>
        {
            before();
            using IDisposable frozen = no_grad();
            for (int p = 0; p < parameters.Count; p++)
            {
                double[] values = parameters[p].data<double>().ToArray();
                double[] gradients = parameters[p].grad!.contiguous().data<double>().ToArray();
                for (int i = 0; i < values.Length; i++) values[i] = update(values[i], gradients[i], state[p][i]);
                parameters[p].copy_(tensor(values).reshape(parameters[p].shape));
            }
        };

        double[][] SlotsOf(Parameter parameter) => [.. Enumerable.Range(0, (int)parameter.numel()).Select(_ => new double[slots])];
    }
}
