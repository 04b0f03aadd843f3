using System;
using System.Collections.Generic;
using System.Linq;
using static ModelCompiler.Operators;

namespace ModelCompiler;

/// <summary>Running models as ordinary C#: gradients from the tape, initial parameters, training mode.</summary>
public static class Eager
{
    [ThreadStatic] static (ulong Seed, long Step)? training;

    /// <summary>Inside <see cref="Training"/>; otherwise a model is being evaluated.</summary>
    public static bool IsTraining => training is not null;

    /// <summary>Training mode until disposed.</summary>
    public static IDisposable Training(ulong seed, long step)
    {
        var previous = training;
        training = (seed, step);
        return new Restore(() => training = previous);
    }

    /// <summary>Gives every parameter of a model the numbers that a trainer with this seed starts from.</summary>
    public static void Initialize(object model, ulong seed)
    {
        foreach ((string path, Tensor parameter) in ParameterNames.Of(model))
            parameter.SetData(Randomness.Numbers(parameter.Distribution, parameter.Scale, seed, path,
                TensorBase.CountOf(parameter.Shape), Tensor.LastOf(parameter.Shape)));
    }

    /// <summary>The gradients of a scalar.</summary>
    /// <param name="loss">One element; computed of the others.</param>
    /// <param name="with">Parameters, or tensors computed of them.</param>
    /// <returns>One gradient each, of its tensor's shape; zeros where the loss does not depend on it.</returns>
    public static IReadOnlyList<Tensor> Gradients(Tensor loss, params IEnumerable<Tensor> with)
    {
        if (TensorBase.CountOf(loss.Shape) != 1) throw new ShapeException(
            $"Gradients: the loss is {loss.Shape}; it must be one number", loss) { Id = "MC1010" };
        var gradients = new Dictionary<TensorBase, Tensor> { [loss] = new Tensor([1.0], loss.Shape) };
        foreach (TensorBase tensor in Enumerable.Reverse(InOrder(loss)))
        {
            if (tensor.Node is not { } node || !gradients.TryGetValue(tensor, out Tensor? dy)) continue;
            Tensor?[] contributions = node.Primitive.Gradient!(new Differential(Detached(node.Inputs),
                Detached([tensor])[0], node.Attributes, dy));
            for (int i = 0; i < contributions.Length; i++)
                if (contributions[i] is { } contribution && node.Inputs[i].NeedsGradient)
                    gradients[node.Inputs[i]] = gradients.TryGetValue(node.Inputs[i], out Tensor? sum)
                        ? sum + contribution : contribution;
        }
        return [.. with.Select(t => gradients.TryGetValue(t, out Tensor? g) ? g
            : new Tensor(new double[TensorBase.CountOf(t.Shape)], t.Shape))];
    }

    /// <summary>The same numbers off the tape: gradients of gradients are not recorded.</summary>
    static TensorBase[] Detached(TensorBase[] tensors) =>
        [.. tensors.Select(t => t is Tensor real ? new Tensor(real.Data, real.Shape) : t)];

    /// <summary>Everything a tensor was computed of, before what was computed of it.</summary>
    static List<TensorBase> InOrder(TensorBase last)
    {
        var order = new List<TensorBase>();
        var seen = new HashSet<TensorBase>();
        var work = new Stack<(TensorBase Tensor, bool Expanded)>();
        work.Push((last, false));
        while (work.Count > 0)
        {
            (TensorBase tensor, bool expanded) = work.Pop();
            if (expanded)
            {
                order.Add(tensor);
                continue;
            }
            if (!seen.Add(tensor)) continue;
            work.Push((tensor, true));
            if (tensor.Node is { } node)
                foreach (TensorBase input in node.Inputs) work.Push((input, false));
        }
        return order;
    }

    sealed class Restore(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
