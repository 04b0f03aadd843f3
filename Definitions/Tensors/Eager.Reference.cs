using System;
using System.Collections.Generic;
using System.Linq;
using static ModelCompiler.Operators;

namespace ModelCompiler;

/// <summary>Running models as ordinary C#: gradients from the tape, initial parameters, training mode.</summary>
public static class Eager
{
    [ThreadStatic] static Pass? pass;

    /// <summary>Inside <see cref="Training"/>; otherwise a model is being evaluated.</summary>
    public static bool IsTraining => pass?.IsTraining ?? false;

    /// <summary>What random numbers of this pass are drawn by.</summary>
    internal static (uint, uint) RandomKey => pass?.Key ?? Randomness.Key(0, 0);

    /// <summary>Training mode until disposed: states change, dropout drops.</summary>
    /// <param name="seed">That of the trainer to compare with.</param>
    /// <param name="step">How many passes the trainer has made before.</param>
    public static IDisposable Training(ulong seed, long step) => Enter(new Pass(true, Randomness.Key(seed, step)));

    /// <summary>
    /// Evaluation until disposed, drawing the random numbers of a session with this seed; outside of it they go on from
    /// call to call.
    /// </summary>
    public static IDisposable Evaluation(ulong seed = 0) => Enter(new Pass(false, Randomness.Key(seed, 0)));

    static IDisposable Enter(Pass entered)
    {
        Pass? previous = pass;
        pass = entered;
        return new Restore(() => pass = previous);
    }

    internal static int NextDraw() => (pass ??= new Pass(false, Randomness.Key(0, 0))).Draws++;

    /// <summary>One run of a model.</summary>
    sealed record Pass(bool IsTraining, (uint, uint) Key)
    {
        public int Draws { get; set; }
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
