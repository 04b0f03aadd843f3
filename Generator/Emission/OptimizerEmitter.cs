using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Infrastructure;

namespace ModelCompiler.Emission;

/// <summary>Writes the parameter update of each of the model's optimizers.</summary>
static class OptimizerEmitter
{
    public static void Write(ModelProgram model, SourceWriter writer)
    {
        OptimizerPlan[] plans = [.. model.Optimizers.Select(o => OptimizerPlan.Of(model, o))];
        long length = model.Any.Plan.TrainableLength;
        using (writer.Block("public sealed unsafe partial class Trainer"))
        {
            foreach (OptimizerPlan plan in plans.Where(p => p.Optimizer == "Muon")) SecondOffsets(model, plan, writer);
            writer.Line("/// <summary>Changes every parameter by its gradient.</summary>");
            using (writer.Block("protected override void Update()"))
            {
                writer.Line("float scale = BeginUpdate();   // counts the step; below 1 where the gradient is clipped");
                if (SurfaceEmitter.ScalesLoss(model.Training!))
                    writer.Line("if (WasSkipped) return;   // the gradient overflowed: only the loss scale changes");
                foreach (OptimizerPlan plan in plans)
                    using (writer.Block($"if ({Field(plan.Optimizer)} is not null)")) Launch(plan, length, writer);
                writer.Line("EndUpdate();");
            }
        }
        if (model.Optimizers.Any(o => o is "AdamW" or "Muon"))
        {
            writer.Line();
            UpdateKernels.AdamW(length, writer);
        }
        if (model.Optimizers.Contains("Sgd"))
        {
            writer.Line();
            UpdateKernels.Sgd(length, writer);
        }
        if (model.Optimizers.Contains("Lion"))
        {
            writer.Line();
            UpdateKernels.Lion(length, writer);
        }
    }

    /// <summary>The trainer's field that holds an optimizer's hyperparameters.</summary>
    public static string Field(string optimizer) => char.ToLowerInvariant(optimizer[0]) + optimizer.Substring(1);

    static void Launch(OptimizerPlan plan, long length, SourceWriter writer)
    {
        switch (plan.Optimizer)
        {
            case "AdamW":
                AdamW("adamW", "LearningRate", length, writer);
                break;
            case "Sgd":
                Launch("SgdUpdate", [
                    "blocks = UpdateBlocks, weights = Parameters, gradients = Gradients, velocity = OptimizerState,",
                    "scale = scale, rate = LearningRate, momentum = sgd.Momentum, nesterov = sgd.Nesterov,"], writer);
                break;
            case "Lion":
                Launch("LionUpdate", [
                    "blocks = UpdateBlocks, weights = Parameters, gradients = Gradients, mean = OptimizerState,",
                    "scale = scale, rate = LearningRate, beta1 = lion.Beta1, beta2 = lion.Beta2,"], writer);
                break;
            case "Adafactor":
                foreach (OptimizerPart part in plan.Parts) Adafactor(part, plan, writer);
                break;
            default:
                foreach (OptimizerPart part in plan.Parts.Where(p => p.IsMatrix)) Muon(part, plan, writer);
                if (plan.Parts.Any(p => !p.IsMatrix))
                    AdamW("muon", "LearningRate * muon.AdamWRateScale", length, writer);
                break;
        }
    }

    static void AdamW(string field, string rate, long length, SourceWriter writer) => Launch("AdamWUpdate", [
        "blocks = UpdateBlocks, weights = Parameters, gradients = Gradients, mean = OptimizerState,",
        $"square = OptimizerState + {length}, scale = scale, rate = {rate},",
        $"beta1 = {field}.Beta1, beta2 = {field}.Beta2, epsilon = {field}.Epsilon,",
        $"correction1 = (float)(1 - Math.Pow({field}.Beta1, StepCount)),",
        $"correction2 = (float)Math.Sqrt(1 - Math.Pow({field}.Beta2, StepCount)),"], writer);

    static void Launch(string kernel, string[] fields, SourceWriter writer)
    {
        writer.Line($"Pool.Run(new {kernel}");
        writer.Line("{");
        using (writer.Indent())
            foreach (string line in fields) writer.Line(line);
        writer.Line("}, UpdateBlockCount, grain: 2);");
    }

    static void Adafactor(OptimizerPart part, OptimizerPlan plan, SourceWriter writer)
    {
        writer.Line($"// {part.Parameter.Name} {part.Parameter.Shape}: " +
            (part.IsMatrix ? $"{part.Rows} rows and {part.Columns} columns kept" : "all elements kept"));
        writer.Line($"AdafactorUpdate.Run(Pool, adafactor, Parameters + Offsets.{part.Offset}, Gradients + " +
            $"Offsets.{part.Offset},");
        using (writer.Indent())
        {
            writer.Line($"OptimizerState + {part.State}, OptimizerState + {plan.Scratch}, " +
                $"Settings({part.FirstTensor}, {part.Tensors}), StepCount, LearningRate, scale,");
            writer.Line($"tensors: {part.Tensors}, matrices: {part.Matrices}, rows: {part.Rows}, columns: " +
                $"{part.Columns}, isFactored: {(part.IsMatrix ? "true" : "false")});");
        }
    }

    static void Muon(OptimizerPart part, OptimizerPlan plan, SourceWriter writer)
    {
        writer.Line($"// {part.Parameter.Name} {part.Parameter.Shape}");
        writer.Line($"MuonUpdate.Run(Pool, muon, Parameters + Offsets.{part.Offset}, Gradients + " +
            $"Offsets.{part.Offset},");
        using (writer.Indent())
        {
            writer.Line($"OptimizerState + Offsets.{part.Offset}, OptimizerState + {plan.Scratch}, " +
                $"Settings({part.FirstTensor}, {part.Tensors}), LearningRate, scale,");
            writer.Line($"count: {part.Tensors}, rows: {part.Rows}, columns: {part.Columns});");
        }
    }

    /// <summary>Where AdamW's second moment of each parameter lies that Muon leaves to it.</summary>
    static void SecondOffsets(ModelProgram model, OptimizerPlan plan, SourceWriter writer)
    {
        Dictionary<IR.Value, long> states = plan.Parts.ToDictionary(p => p.Parameter, p => p.State);
        writer.Line("/// <summary>Where the mean square of each parameter that AdamW updates starts, of the others " +
            "-1.</summary>");
        using (writer.Block("static ReadOnlySpan<long> SecondOffsets => new long[]", "};"))
            foreach (IR.Value parameter in model.Training!.Graph.Parameters)
                writer.Line($"{(states.TryGetValue(parameter, out long state) ? state : -1)},   // {parameter.Name}");
        writer.Line();
    }
}
