using System.Linq;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;
using ModelCompiler.Lowering;
using ModelCompiler.Lowering.Cuda;
using ModelCompiler.Memory;

namespace ModelCompiler.Emission;

/// <summary>
/// Writes the plan of a training step as text that a running program can read: the buffers, and what kernels cost.
/// Reports show it; a program that makes none never touches it.
/// </summary>
static class PlanEmitter
{
    public static void Write(ModelProgram model, KernelPool kernels, CudaEmitter? cuda, SourceWriter writer)
    {
        CpuProgram program = model.Training!.Program;
        using (writer.Block("public sealed unsafe partial class Trainer"))
        {
            writer.Line("/// <summary>Memory and kernels of a step at the largest dims, for reports and profiles." +
                "</summary>");
            string ofLaunches = cuda is null ? "" : " launch, on a device of CUDA: times, kernels, FLOPs, bytes, " +
                "nanoseconds predicted for an H200, forward, backward or update, kind, name, layer.";
            writer.Line("/// <remarks>buffer: offset and length in bytes, first and last step, name, shape. " +
                $"kernel: step, times, FLOPs, bytes, forward or backward, name, layer.{ofLaunches}</remarks>");
            writer.Line("public override ModelPlan Plan => new(\"\"\"");
            using (writer.Indent())
            {
                foreach (Buffer buffer in program.Plan.Buffers)
                    writer.Line($"buffer {buffer.Offset * 4} {buffer.Bytes} {buffer.Start} {buffer.End} " +
                        $"{buffer.Name} {buffer.Shape}{(buffer.Storage.IsLow() ? " " + buffer.Storage.Text() : "")}");
                foreach (KernelCost kernel in ReadKernelCosts.Run(program))
                    writer.Line($"kernel {kernel.Step} {kernel.Times} {kernel.Flops} {kernel.Bytes} " +
                        $"{(kernel.IsBackward ? "backward" : "forward")} {Name(kernel, program, kernels)} " +
                        (kernel.Layer.Length > 0 ? kernel.Layer : "-"));
                if (cuda is not null) Launches(model, cuda, writer);
                writer.Line("\"\"\");");
            }
        }
    }

    static void Launches(ModelProgram model, CudaEmitter cuda, SourceWriter writer)
    {
        EntryProgram training = model.Training!;
        void Line(LaunchCost cost, string part) => writer.Line($"launch {cost.Times} {cost.Launches} " +
            $"{cost.Flops} {cost.Bytes} {(long)(cost.Seconds * 1e9 + 0.5)} {part} {cost.Kind} " +
            $"{cost.Name} {(cost.Layer.Length > 0 ? cost.Layer : "-")}");
        foreach (LaunchCost cost in ReadLaunchCosts.Run(training.OnCuda!, cuda.SymbolOf))
            Line(cost, cost.IsBackward ? "backward" : "forward");
        long length = training.Graph.Parameters.Sum(p => p.Shape.Size.Maximum);
        foreach (LaunchCost cost in ReadLaunchCosts.OfUpdate(length, training.Inputs.Count)) Line(cost, "update");
    }

    /// <summary>Equal kernels are emitted once, under the name of the first.</summary>
    static string Name(KernelCost kernel, CpuProgram program, KernelPool kernels) =>
        program.Kernels.FirstOrDefault(k => k.Name == kernel.Name) is { } emitted
            ? kernels.NameOf(emitted).Substring("Kernels.".Length)
            : kernel.Name;
}
