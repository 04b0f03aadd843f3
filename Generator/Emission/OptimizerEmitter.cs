using ModelCompiler.Infrastructure;

namespace ModelCompiler.Emission;

/// <summary>Writes the parameter update of each of the model's optimizers: one pass over the flat arenas.</summary>
static class OptimizerEmitter
{
    const int Block = 1024;

    public static void Write(ModelProgram model, SourceWriter writer)
    {
        long length = model.Any.Plan.TrainedLength;
        using (writer.Block("public sealed unsafe partial class Trainer"))
        {
            writer.Line("/// <summary>Changes every parameter by its gradient.</summary>");
            using (writer.Block("void Update()"))
            {
                writer.Line("float scale = BeginUpdate();   // counts the step; below 1 where the gradient is clipped");
                foreach (string optimizer in model.Optimizers) Launch(optimizer, length, writer);
            }
        }
        foreach (string optimizer in model.Optimizers)
        {
            writer.Line();
            if (optimizer == "AdamW") AdamW(length, writer);
            else Sgd(length, writer);
        }
    }

    /// <summary>The trainer's field that holds an optimizer's hyperparameters.</summary>
    public static string Field(string optimizer) => optimizer == "AdamW" ? "adamW" : "sgd";

    static void Launch(string optimizer, long length, SourceWriter writer)
    {
        string field = Field(optimizer);
        using (writer.Block($"if ({field} is not null)"))
        {
            if (optimizer == "AdamW")
            {
                writer.Line("Pool.Run(new AdamWUpdate");
                writer.Line("{");
                using (writer.Indent())
                {
                    writer.Line("weights = Parameters, gradients = Gradients, mean = State(0), square = State(1), " +
                        "scale = scale,");
                    writer.Line("rate = LearningRate, beta1 = adamW.Beta1, beta2 = adamW.Beta2, epsilon = " +
                        "adamW.Epsilon, decay = adamW.WeightDecay,");
                    writer.Line("correction1 = (float)(1 - Math.Pow(adamW.Beta1, StepCount)), correction2 = " +
                        "(float)Math.Sqrt(1 - Math.Pow(adamW.Beta2, StepCount)),");
                }
                writer.Line($"}}, {Items(length)}, grain: 8);");
            }
            else
            {
                writer.Line("Pool.Run(new SgdUpdate");
                writer.Line("{");
                using (writer.Indent())
                    writer.Line("weights = Parameters, gradients = Gradients, velocity = State(0), scale = scale, " +
                        "rate = LearningRate, momentum = sgd.Momentum, decay = sgd.WeightDecay,");
                writer.Line($"}}, {Items(length)}, grain: 8);");
            }
        }
    }

    static long Items(long length) => (length + Block - 1) / Block;

    static void AdamW(long length, SourceWriter writer)
    {
        writer.Line("/// <summary>AdamW with decoupled weight decay (Loshchilov and Hutter, 2019), " +
            "bias-corrected.</summary>");
        using (writer.Block("private unsafe struct AdamWUpdate : IWork"))
        {
            writer.Line($"public float* weights, gradients, mean, square;   // [{length}] each");
            writer.Line("public float scale, rate, beta1, beta2, epsilon, decay, correction1, correction2;");
            writer.Line();
            using (writer.Block("public readonly void Run(int first, int last)"))
            {
                writer.Line("var keep = Vector512.Create(1 - rate * decay);");
                writer.Line("var stepSize = Vector512.Create(rate / correction1);");
                writer.Line("var rootCorrection = Vector512.Create(1 / correction2);");
                writer.Line("var tiny = Vector512.Create(epsilon);");
                writer.Line("var clip = Vector512.Create(scale);");
                writer.Line("var newMean = Vector512.Create(1 - beta1);");
                writer.Line("var oldMean = Vector512.Create(beta1);");
                writer.Line("var newSquare = Vector512.Create(1 - beta2);");
                writer.Line("var oldSquare = Vector512.Create(beta2);");
                writer.Line($"nint to = Math.Min((nint)last * {Block}, {length});");
                using (writer.Block($"for (nint j = (nint)first * {Block}; j < to; j += 16)"))
                {
                    writer.Line("var gradient = Vector512.Load(gradients + j) * clip;");
                    writer.Line("var m = Vector512.Load(mean + j) * oldMean + gradient * newMean;");
                    writer.Line("var v = Vector512.Load(square + j) * oldSquare + gradient * gradient * newSquare;");
                    writer.Line("m.Store(mean + j);");
                    writer.Line("v.Store(square + j);");
                    writer.Line("var step = stepSize * m / (Vector512.Sqrt(v) * rootCorrection + tiny);");
                    writer.Line("(Vector512.Load(weights + j) * keep - step).Store(weights + j);");
                }
            }
        }
    }

    static void Sgd(long length, SourceWriter writer)
    {
        writer.Line("/// <summary>Stochastic gradient descent with momentum; weight decay is added to the " +
            "gradient.</summary>");
        using (writer.Block("private unsafe struct SgdUpdate : IWork"))
        {
            writer.Line($"public float* weights, gradients, velocity;   // [{length}] each");
            writer.Line("public float scale, rate, momentum, decay;");
            writer.Line();
            using (writer.Block("public readonly void Run(int first, int last)"))
            {
                writer.Line($"nint to = Math.Min((nint)last * {Block}, {length});");
                using (writer.Block($"for (nint j = (nint)first * {Block}; j < to; j += 16)"))
                {
                    writer.Line("var weight = Vector512.Load(weights + j);");
                    writer.Line("var gradient = Vector512.Load(gradients + j) * Vector512.Create(scale) + weight * " +
                        "Vector512.Create(decay);");
                    writer.Line("var v = Vector512.Load(velocity + j) * Vector512.Create(momentum) + gradient;");
                    writer.Line("v.Store(velocity + j);");
                    writer.Line("(weight - v * Vector512.Create(rate)).Store(weights + j);");
                }
            }
        }
    }
}
