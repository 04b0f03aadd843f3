using System.Linq;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;
using ModelCompiler.Lowering;
using ModelCompiler.Memory;

namespace ModelCompiler.Emission;

/// <summary>
/// Writes the plan of a training step as text that a running program can read: the buffers, and what kernels cost.
/// Reports show it; a program that makes none never touches it.
/// </summary>
static class PlanEmitter
{
    public static void Write(ModelProgram model, KernelPool kernels, SourceWriter writer)
    {
        CpuProgram program = model.Training!.Program;
        using (writer.Block("public sealed unsafe partial class Trainer"))
        {
            writer.Line("/// <summary>Memory and kernels of a step at the largest dims, for reports and profiles." +
                "</summary>");
            writer.Line("/// <remarks>buffer: offset and length in bytes, first and last step, name, shape. " +
                "kernel: step, times, FLOPs, bytes, forward or backward, name, layer.</remarks>");
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
                writer.Line("\"\"\");");
            }
        }
    }

    /// <summary>Equal kernels are emitted once, under the name of the first.</summary>
    static string Name(KernelCost kernel, CpuProgram program, KernelPool kernels) =>
        program.Kernels.FirstOrDefault(k => k.Name == kernel.Name) is { } emitted
            ? kernels.NameOf(emitted).Substring("Kernels.".Length)
            : kernel.Name;
}
