using System;
using ModelCompiler.Infrastructure;

namespace ModelCompiler.Emission;

/// <summary>
/// Writes updates that go element by element. A block of work lies in one group of parameters; only where groups divide
/// stacked layers does it end within a vector.
/// </summary>
static class UpdateKernels
{
    public static void AdamW(long length, SourceWriter writer)
    {
        writer.Line("/// <summary>AdamW with decoupled weight decay (Loshchilov and Hutter, 2019), " +
            "bias-corrected.</summary>");
        Kernel("AdamWUpdate", $"weights, gradients, mean, square;   // [{length}] each", ["scale", "rate", "beta1",
            "beta2", "epsilon", "correction1", "correction2"], () =>
        {
            writer.Line("var tiny = Vector512.Create(epsilon);");
            writer.Line("var clip = Vector512.Create(scale);");
            writer.Line("var rootCorrection = Vector512.Create(1 / correction2);");
            writer.Line("var newMean = Vector512.Create(1 - beta1);");
            writer.Line("var oldMean = Vector512.Create(beta1);");
            writer.Line("var newSquare = Vector512.Create(1 - beta2);");
            writer.Line("var oldSquare = Vector512.Create(beta2);");
        }, () =>
        {
            writer.Line("float own = rate * block.RateScale;");
            writer.Line("var keep = Vector512.Create(1 - own * block.Decay);");
            writer.Line("var stepSize = Vector512.Create(own / correction1);");
            writer.Line("float* squares = square + (block.Second - block.First);");
        }, () =>
        {
            writer.Line("var gradient = Vector512.Load(gradients + j) * clip;");
            writer.Line("var m = Vector512.Load(mean + j) * oldMean + gradient * newMean;");
            writer.Line("var v = Vector512.Load(squares + j) * oldSquare + gradient * gradient * newSquare;");
            writer.Line("var step = stepSize * m / (Vector512.Sqrt(v) * rootCorrection + tiny);");
            writer.Line("var weight = Vector512.Load(weights + j) * keep - step;");
        }, [("m", "mean"), ("v", "squares"), ("weight", "weights")], writer);
    }

    public static void Sgd(long length, SourceWriter writer)
    {
        writer.Line("/// <summary>Stochastic gradient descent with momentum; weight decay is added to the " +
            "gradient.</summary>");
        Kernel("SgdUpdate", $"weights, gradients, velocity;   // [{length}] each", ["scale", "rate", "momentum"], () =>
        {
            writer.Line("var clip = Vector512.Create(scale);");
            writer.Line("var kept = Vector512.Create(momentum);");
        }, () =>
        {
            writer.Line("var stepSize = Vector512.Create(rate * block.RateScale);");
            writer.Line("var decay = Vector512.Create(block.Decay);");
        }, () =>
        {
            writer.Line("var weight = Vector512.Load(weights + j);");
            writer.Line("var gradient = Vector512.Load(gradients + j) * clip + weight * decay;");
            writer.Line("var v = Vector512.Load(velocity + j) * kept + gradient;");
            writer.Line("weight -= (nesterov ? gradient + v * kept : v) * stepSize;");
        }, [("v", "velocity"), ("weight", "weights")], writer, "public bool nesterov;");
    }

    public static void Lion(long length, SourceWriter writer)
    {
        writer.Line("/// <summary>Steps of the sign of an interpolated momentum (Chen et al., 2023), with decoupled " +
            "weight decay.</summary>");
        Kernel("LionUpdate", $"weights, gradients, mean;   // [{length}] each", ["scale", "rate", "beta1", "beta2"],
            () =>
        {
            writer.Line("var clip = Vector512.Create(scale);");
        }, () =>
        {
            writer.Line("float own = rate * block.RateScale;");
            writer.Line("var keep = Vector512.Create(1 - own * block.Decay);");
            writer.Line("var stepSize = Vector512.Create(own);");
        }, () =>
        {
            writer.Line("var gradient = Vector512.Load(gradients + j) * clip;");
            writer.Line("var m = Vector512.Load(mean + j);");
            writer.Line("var direction = m * Vector512.Create(beta1) + gradient * Vector512.Create(1 - beta1);");
            writer.Line("m = m * Vector512.Create(beta2) + gradient * Vector512.Create(1 - beta2);");
            writer.Line("var up = Vector512.GreaterThan(direction, default) & stepSize;");
            writer.Line("var down = Vector512.LessThan(direction, default) & stepSize;");
            writer.Line("var weight = Vector512.Load(weights + j) * keep - up + down;");
        }, [("m", "mean"), ("weight", "weights")], writer);
    }

    static void Kernel(string name, string operands, string[] numbers, Action constants, Action group, Action body,
        (string Value, string Target)[] stores, SourceWriter writer, string? further = null)
    {
        using (writer.Block($"private unsafe struct {name} : IWork"))
        {
            writer.Line("public UpdateBlock* blocks;");
            writer.Line($"public float* {operands}");
            writer.Line($"public float {string.Join(", ", numbers)};");
            if (further is not null) writer.Line(further);
            writer.Line();
            using (writer.Block("public readonly void Run(int first, int last)"))
            {
                constants();
                using (writer.Block("for (int i = first; i < last; i++)"))
                {
                    writer.Line("UpdateBlock block = blocks[i];");
                    group();
                    writer.Line("nint to = (nint)block.First + block.Length;");
                    using (writer.Block("for (nint j = (nint)block.First; j < to; j += 16)"))
                    {
                        body();
                        using (writer.Block("if (to - j >= 16)"))
                            foreach ((string value, string target) in stores)
                                writer.Line($"{value}.Store({target} + j);");
                        using (writer.Block("else"))
                            foreach ((string value, string target) in stores)
                                writer.Line($"Vectors.StorePartial({target} + j, {value}, (int)(to - j));");
                    }
                }
            }
        }
    }
}
