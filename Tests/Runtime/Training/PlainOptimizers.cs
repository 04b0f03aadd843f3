using System;
using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.Tests.Runtime.Training;

/// <summary>The papers' updates as plain loops in double, a tensor at a time.</summary>
public sealed class PlainOptimizers(Optimizer optimizer)
{
    readonly Dictionary<string, double[][]> states = [];

    /// <summary>Changes one tensor in its step.</summary>
    public void Update(TensorLayout tensor, double[] weights, double[] gradient, double trainersRate, int step)
    {
        ParameterGroup? group = optimizer.Groups.FirstOrDefault(g => g.Matches(tensor.Name, tensor.Shape.Count));
        double rate = trainersRate * (group?.LearningRateScale ?? 1), decay = group?.WeightDecay ?? optimizer.WeightDecay;
        int[] shape = [.. tensor.Shape];
        int n = weights.Length;
        double[][] state = states.TryGetValue(tensor.Name, out double[][]? known) ? known
            : states[tensor.Name] = [new double[n], new double[n], new double[n]];
        switch (optimizer)
        {
            case AdamW o:
                Adam(weights, gradient, state, rate, decay, o.Beta1, o.Beta2, o.Epsilon, step);
                break;
            case Sgd o:
                for (int i = 0; i < n; i++)
                {
                    double g = gradient[i] + decay * weights[i];
                    state[0][i] = o.Momentum * state[0][i] + g;
                    weights[i] -= rate * (o.Nesterov ? g + o.Momentum * state[0][i] : state[0][i]);
                }
                break;
            case Lion o:
                for (int i = 0; i < n; i++)
                {
                    double direction = o.Beta1 * state[0][i] + (1 - (double)o.Beta1) * gradient[i];
                    weights[i] -= rate * (Math.Sign(direction) + decay * weights[i]);
                    state[0][i] = o.Beta2 * state[0][i] + (1 - (double)o.Beta2) * gradient[i];
                }
                break;
            case Adafactor o:
                Factored(o, shape, weights, gradient, state, rate, trainersRate, decay, step);
                break;
            case Muon o when shape.Length > 1 && !tensor.Name.StartsWith("tokens.", StringComparison.Ordinal):
                Orthogonal(o, shape[0], n / shape[0], weights, gradient, state[0], rate, decay);
                break;
            case Muon o:
                Adam(weights, gradient, state, rate * o.AdamWRateScale, decay, o.Beta1, o.Beta2, o.Epsilon, step);
                break;
        }
    }

    static void Adam(double[] weights, double[] gradient, double[][] state, double rate, double decay, double beta1, double beta2, double epsilon, int step)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            state[0][i] = beta1 * state[0][i] + (1 - beta1) * gradient[i];
            state[1][i] = beta2 * state[1][i] + (1 - beta2) * gradient[i] * gradient[i];
            double mean = state[0][i] / (1 - Math.Pow(beta1, step)), square = state[1][i] / (1 - Math.Pow(beta2, step));
            weights[i] -= rate * (mean / (Math.Sqrt(square) + epsilon) + decay * weights[i]);
        }
    }

    static void Factored(Adafactor o, int[] shape, double[] weights, double[] gradient, double[][] state, double rate, double trainersRate, double decay, int step)
    {
        int n = weights.Length;
        double beta = 1 - Math.Pow(step, -(double)o.DecayPower);
        var update = new double[n];
        if (shape.Length > 1)
        {
            int rows = shape[^2], columns = shape[^1];
            Assert.Equal(n, rows * columns);
            for (int r = 0; r < rows; r++)
                state[0][r] = beta * state[0][r] + (1 - beta) * Enumerable.Range(0, columns).Average(c => gradient[r * columns + c] * gradient[r * columns + c] + o.SquareEpsilon);
            for (int c = 0; c < columns; c++)
                state[1][c] = beta * state[1][c] + (1 - beta) * Enumerable.Range(0, rows).Average(r => gradient[r * columns + c] * gradient[r * columns + c] + o.SquareEpsilon);
            double mean = state[0].Take(rows).Average();
            for (int i = 0; i < n; i++) update[i] = gradient[i] / Math.Sqrt(state[0][i / columns] * state[1][i % columns] / mean);
        }
        else
            for (int i = 0; i < n; i++)
            {
                state[0][i] = beta * state[0][i] + (1 - beta) * (gradient[i] * gradient[i] + o.SquareEpsilon);
                update[i] = gradient[i] / Math.Sqrt(state[0][i]);
            }
        double length = o.RelativeStep ? rate / trainersRate * Math.Min(trainersRate, 1 / Math.Sqrt(step)) : rate;
        if (o.ScaleByParameter) length *= Math.Max(o.ParameterEpsilon, Size(weights));
        double clip = Math.Max(1, Size(update) / o.ClipThreshold);
        for (int i = 0; i < n; i++) weights[i] -= length * (update[i] / clip + decay * weights[i]);
    }

    static double Size(double[] x) => Math.Sqrt(x.Average(v => v * v));

    static void Orthogonal(Muon o, int rows, int columns, double[] weights, double[] gradient, double[] momentum, double rate, double decay)
    {
        var x = new double[rows, columns];
        double square = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            momentum[i] = o.Momentum * momentum[i] + gradient[i];
            double value = x[i / columns, i % columns] = o.Nesterov ? gradient[i] + o.Momentum * momentum[i] : momentum[i];
            square += value * value;
        }
        for (int i = 0; i < weights.Length; i++) x[i / columns, i % columns] /= Math.Sqrt(square) + 1e-7;
        for (int step = 0; step < 5; step++)
        {
            double[,] gram = Times(x, Transposed(x)), quadratic = Times(gram, gram);
            double[,] product = Times(Sum(gram, -4.7750, quadratic, 2.0315), x);
            x = Sum(x, 3.4445, product, 1);
        }
        double size = o.MatchAdamW ? 0.2 * Math.Sqrt(Math.Max(rows, columns)) : Math.Sqrt(Math.Max(1, (double)columns / rows));
        for (int i = 0; i < weights.Length; i++) weights[i] -= rate * (decay * weights[i] + size * x[i / columns, i % columns]);
    }

    static double[,] Times(double[,] a, double[,] b)
    {
        var c = new double[a.GetLength(0), b.GetLength(1)];
        for (int i = 0; i < a.GetLength(0); i++)
            for (int j = 0; j < b.GetLength(1); j++)
                for (int k = 0; k < b.GetLength(0); k++) c[i, j] += a[i, k] * b[k, j];
        return c;
    }

    static double[,] Transposed(double[,] a)
    {
        var t = new double[a.GetLength(1), a.GetLength(0)];
        for (int i = 0; i < t.GetLength(0); i++)
            for (int j = 0; j < t.GetLength(1); j++) t[i, j] = a[j, i];
        return t;
    }

    static double[,] Sum(double[,] a, double ofA, double[,] b, double ofB)
    {
        var c = new double[a.GetLength(0), a.GetLength(1)];
        for (int i = 0; i < c.GetLength(0); i++)
            for (int j = 0; j < c.GetLength(1); j++) c[i, j] = ofA * a[i, j] + ofB * b[i, j];
        return c;
    }
}
