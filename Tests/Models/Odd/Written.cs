using System;

namespace ModelCompiler.Tests.Models.Odd;

/// <summary>Nested tuples with and without names, from static and other helpers, as an entry point's results.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class TuplesFromHelpers
{
    readonly Linear a = new(6, 4), b = new(4, 6);
    static (Tensor Low, (Tensor Mid, Tensor High) Others) Cut(Tensor x) =>
        (Slice(x, -1, 0, 2), (Slice(x, -1, 2, 2), Slice(x, -1, 4, 2)));

    (Tensor, Tensor) Both(Tensor x)
    {
        var (low, (mid, high)) = Cut(x);
        return (low * high, mid - low);
    }

    public (Tensor Sum, Tensor Difference, Tensor Whole) Apply([Shape("B", "6")] Tensor x)
    {
        (Tensor p, Tensor q) = Both(x);
        var t = (Sum: p + q, Difference: p - q);
        return (t.Sum, t.Difference, b.Forward(a.Forward(x)));
    }

    [Loss]
    public Tensor Loss([Shape("B", "6")] Tensor x)
    {
        var (s, d, w) = Apply(x);
        return Mean(s * d) + Mean(w * Concatenate(-1, s, d, s));
    }
}

/// <summary>Layers that switch on an enumeration they are given, as a statement and as an expression.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class SwitchOnConstants
{
    const Act First = Act.Gelu;
    readonly Acted[] acted = [new(Act.Relu), new(Act.Tanh), new(First), new(Act.None)];

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        foreach (Acted a in acted) x = a.Forward(x);
        return Mean(x * x);
    }
}

/// <summary>What follows a layer.</summary>
public enum Act
{
    None, Relu, Tanh, Gelu
}

/// <summary>A layer and what follows it.</summary>
[Model]
public sealed partial class Acted(Act act)
{
    readonly Linear l = new(4, 4);

    public Tensor Forward(Tensor x)
    {
        x = l.Forward(x);
        switch (act)
        {
            case Act.Relu: return Relu(x);
            case Act.Tanh: x = Tanh(x);
            break;
            case Act.Gelu: return Gelu(x);
            default: break;
        }
        return x + act switch { Act.Tanh => 0.5, Act.None => 0.25, _ => 0 };
    }
}

/// <summary>A layer held under two names and by models that are themselves held twice.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class HeldTwice
{
    readonly Linear one = new(4, 4);
    readonly Linear again;
    readonly Holder[] holders;

    public HeldTwice()
    {
        again = one;
        var h = new Holder(one);
        holders = [h, h, new Holder(again)];
    }

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        foreach (Holder h in holders) x = h.Forward(x);
        return Mean(again.Forward(x) * one.Forward(x));
    }
}

/// <summary>A layer of its own around one it is given.</summary>
[Model]
public sealed partial class Holder(Linear shared)
{
    readonly Linear own = new(4, 4);
    readonly Linear s = shared;

    public Tensor Forward(Tensor x) => Tanh(own.Forward(s.Forward(x))) + x;
}

/// <summary>Constants of every form that C# has.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class Constants
{
    const double A = 1e-3, Big = 1e30;
    const float F = 0.1f;
    const int I = 3;
    const long L = 7;
    const byte Y = 2;
    const string Text = "abc";
    static double Computed => Math.Exp(-1) + double.Epsilon;
    readonly double field = 0.25;
    readonly int[] sizes = [1, 2, 3];
    readonly Linear l = new(4, 4);

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        double m = Math.Sqrt(2) * Math.Log(10) + Math.Max(1, 2) + Math.Min(0.5f, F) + Math.Abs(-3)
            + Math.Pow(2, 0.5) + Math.Floor(2.7) + Math.Cos(0);
        float g = F * 3 + 1f / 3;
        int n = I * sizes[2] / 2 % 3 + Text.Length;
        uint u = 4;
        decimal d = 1.5m;
        x = l.Forward(x) * (A + F) + I + L - Y + (n - 3) * g + m + (double)d * u + -Computed + field + 0x10
            + 0b11 + 1_000 * 1e-3 + 'a' / 97.0;
        x = x / Big * 1e30 + double.MaxValue / double.MaxValue;
        return Mean(x * x) * 1e-2;
    }
}

/// <summary>Several entry points that share layers and call each other.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class SharedByEntries
{
    readonly Linear a = new(4, 4), b = new(4, 4);
    readonly Linear[] loop = Repeat(2, () => new Linear(4, 4));

    Tensor Trunk(Tensor x)
    {
        foreach (Linear l in loop) x = Tanh(l.Forward(x));
        return a.Forward(x);
    }

    public Tensor First([Shape("B", "4")] Tensor x) => Trunk(x);

    public Tensor Second([Shape("B", "4")] Tensor x) => b.Forward(Trunk(x));

    public (Tensor A, Tensor B) Both([Shape("B", "4")] Tensor x) => (First(x), Second(First(x)));

    public Tensor Total([Shape("B", "4")] Tensor x) => Mean(Second(x));

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x, [Shape("B", "4")] Tensor y)
    {
        var e = Second(x) - y;
        return Mean(e * e) + Total(y) * 0.1;
    }
}

/// <summary>Extension methods of tensors and of tuples, with a parameter array of layers.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class ExtensionsOfTensors
{
    readonly Linear a = new(4, 4), b = new(4, 4);
    readonly Linear[] many = Repeat(2, () => new Linear(4, 4));

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        var p = (x.Through(a, b).Through(many).Squared(), 2).Counted();
        p = p.Counted();
        return Mean(p.Item1);
    }
}

/// <summary>Functions that are called like methods.</summary>
static class Ext
{
    public static Tensor Squared(this Tensor x) => x * x;

    public static Tensor Through(this Tensor x, params Linear[] layers)
    {
        foreach (var l in layers) x = Tanh(l.Forward(x));
        return x;
    }

    public static (Tensor, int) Counted(this (Tensor X, int N) p) => (p.X * p.N, p.N + 1);
}

/// <summary>A method that calls itself by a count.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class Recursion
{
    readonly Linear l = new(4, 4);
    Tensor Deep(Tensor x, int n) => n <= 0 ? x : Deep(Tanh(l.Forward(x)), n - 1) + x * n;

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x) => Mean(Deep(x, 4));
}

/// <summary>A loss that reads no input, of a shape that is not empty.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class LossOfParametersOnly
{
    readonly Tensor a = Parameter.Normal(1, 5), b = Parameter.Normal(1, 1), c = Parameter.Normal(1);

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x) => Mean(a * a) + b * c + Sum(a, 0) * c;
}

/// <summary>An input nobody reads and a result given twice.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class UnusedInput
{
    readonly Linear l = new(4, 4);

    public (Tensor A, Tensor B) Twice([Shape("B", "4")] Tensor x, [Shape("B")] Tensor y)
    {
        Tensor h = l.Forward(x);
        return (h, h);
    }

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x, [Shape("B")] Tensor y) => Mean(l.Forward(x));
}

/// <summary>Results that are an input, a parameter, a transpose and a number.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class ResultIsInput
{
    readonly Linear l = new(4, 4);

    public (Tensor Same, Tensor Weight, Tensor Turned, Tensor Const) Give([Shape("B", "4")] Tensor x) =>
        (x, l.Weight, x.T, BroadcastTo(3.5, new Shape(2, 2)));

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x) => Mean(l.Forward(x) * x);
}

/// <summary>A tuple taken apart into itself in an unrolled loop.</summary>
[Model, Dim("B", Max = 4)]
public sealed partial class DeepTuple
{
    readonly Linear a = new(4, 4);
    static (Tensor, (Tensor, double)) F(Tensor x, double d) => (x * d, (x + d, d * 2));

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        x = a.Forward(x);
        double d = 0.5;
        for (int i = 0; i < 3; i++) (x, (_, d)) = F(x, d);
        var (p, q) = F(x, d);
        return Mean(p * q.Item1) * q.Item2;
    }
}

/// <summary>Lambdas that take lambdas, loops in lambdas, and local functions with defaults.</summary>
[Model, Dim("B", Max = 4)]
public sealed partial class LambdasOverLayers
{
    readonly Linear a = new(4, 4);
    readonly Linear[] l = Repeat(2, () => new Linear(4, 4));

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        Func<Tensor, Tensor> f = y =>
        {
            foreach (var k in l) y = Tanh(k.Forward(y));
            return y;
        };
        Func<Func<Tensor, Tensor>, Tensor, Tensor> twice = (g, y) => g(g(y));
        x = twice(f, a.Forward(x));
        Tensor Local(Tensor y, int n = 2)
        {
            for (int i = 0; i < n; i++) y = a.Forward(y);
            return y;
        }
        return Mean(Local(x) * Local(x, 1) * twice(y => Local(y), x));
    }
}

/// <summary>An entry point that depends on its input by shape alone.</summary>
[Model, Dim("B", Max = 4)]
public sealed partial class ConstantResult
{
    readonly Linear a = new(4, 4);

    public Tensor Numbers([Shape("B", "4")] Tensor x) => BroadcastTo(Cast(Range(4)), x.Shape) * 0.5;

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x) => Mean(a.Forward(Numbers(x))) + 1;
}
