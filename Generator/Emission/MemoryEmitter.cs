using System.Linq;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;
using ModelCompiler.Lowering;
using ModelCompiler.Memory;

namespace ModelCompiler.Emission;

/// <summary>
/// Writes the memory plan: where each buffer of the activation arena starts, its shape, size and life.
/// </summary>
static class MemoryEmitter
{
    public static void Write(ModelProgram model, SourceWriter writer)
    {
        bool isFirst = true;
        if (model.Training is { } training) Buffers(training.Program, "a training step", writer, ref isFirst);
        foreach (EntryProgram entry in model.Inference) Buffers(entry.Program, entry.Method, writer, ref isFirst);
    }

    static void Buffers(CpuProgram program, string what, SourceWriter writer, ref bool isFirst)
    {
        if (!isFirst) writer.Line();
        isFirst = false;
        MemoryPlan plan = program.Plan;
        bool isLow = plan.Buffers.Any(b => b.Storage.IsLow());
        writer.Line($"/// <summary>Activations of {what}: offsets in {(isLow ? "words of four bytes" : "elements")}, " +
            "planned for the largest dims. Buffers that live at different times share memory.</summary>");
        using (writer.Block($"private static class {program.Prefix}Buffers"))
        {
            writer.Line("/// <summary>Bytes of the whole arena.</summary>");
            writer.Line($"public const long Bytes = {plan.ArenaBytes};");
            if (plan.ScratchLength > 0)
                writer.Line($"public const long Scratch = {plan.ArenaLength};   // " +
                    $"{Cost.Text(plan.ScratchLength * 4)}B in which routines without a low form find fp32");
            if (plan.ScaleLength > 0)
                writer.Line($"public const long Scales = {plan.ArenaLength + plan.ScratchLength};   // " +
                    $"[{plan.ScaleLength}], what tensors in 8 bits are multiplied by");
            foreach (Buffer buffer in plan.Buffers)
            {
                writer.Line($"public const long {buffer.Name} = {buffer.Offset};   // {buffer.Shape}" +
                    $"{Low(buffer.Storage)}, {Cost.Text(buffer.Bytes)}B, steps {buffer.Start} to {buffer.End}");
                foreach ((string name, Value value, _) in program.Aliases.Where(a => a.Buffer == buffer))
                    writer.Line($"public const long {name} = {buffer.Name};   // " +
                        $"{value.Shape}{Low(value.Storage)}, in the same place");
            }
        }
    }

    /// <summary>A storage type, where it says something.</summary>
    static string Low(StorageType storage) => storage.IsLow() ? " " + storage.Text() : "";
}
