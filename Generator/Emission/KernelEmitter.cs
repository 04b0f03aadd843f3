using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;
using ModelCompiler.Lowering;

namespace ModelCompiler.Emission;

/// <summary>Writes a kernel's struct: fields with their shapes, and its loops over vectors.</summary>
static class KernelEmitter
{
    public static void Write(string name, CpuKernel kernel, SourceWriter writer)
    {
        writer.Line($"/// <summary>{CSharpLiteral.Xml(kernel.Summary)}</summary>");
        if (kernel.Remarks.Count > 0) writer.Line(
            $"/// <remarks>{CSharpLiteral.Xml(string.Join(" ", kernel.Remarks))}</remarks>");
        using (writer.Block($"public struct {name} : {(kernel.IsEpilogue ? "IGemmEpilogue" : "IWork")}"))
        {
            foreach (KernelField field in kernel.Fields) writer.Line(
                $"public {field.Type} {field.Name};   // {field.Note}");
            writer.Line();
            writer.Line("[SkipLocalsInit]");
            string signature = kernel.IsEpilogue
                ? "public readonly void Apply(float* tile, nint tileStride, int outer, int inner, int row, int " +
                    "column, int rows, int columns)"
                : "public readonly void Run(int first, int last)";
            using (writer.Block(signature)) Nodes(kernel.Body, writer, null);
        }
    }

    /// <summary>Everything but the name: equal kernels are emitted once.</summary>
    public static string Signature(CpuKernel kernel)
    {
        var writer = new SourceWriter();
        foreach (KernelField field in kernel.Fields) writer.Line($"{field.Type} {field.Name} {field.Note}");
        Nodes(kernel.Body, writer, null);
        return kernel.IsEpilogue + writer.ToString();
    }

    /// <param name="nodes">Statements.</param>
    /// <param name="writer">Where to.</param>
    /// <param name="rest">In a tail: how many elements are left.</param>
    static void Nodes(IEnumerable<LoopNode> nodes, SourceWriter writer, string? rest)
    {
        foreach (LoopNode node in nodes) Node(node, writer, rest);
    }

    static void Node(LoopNode node, SourceWriter writer, string? rest)
    {
        switch (node)
        {
            case Remark remark:
                writer.Line("// " + remark.Text);
                break;
            case Let let:
                writer.Line($"{let.Type} {let.Name} = {let.Expression};");
                break;
            case LetAccumulator let:
                writer.Line($"Vector512<float> {let.Name} = {let.Identity};");
                break;
            case For loop:
                using (writer.Block($"for ({loop.Type} {loop.Variable} = {loop.From}; {loop.Variable} < {loop.To}; " +
                    $"{loop.Variable}++)"))
                    Nodes(loop.Body, writer, rest);
                break;
            case VectorFor loop:
                WriteVectorLoop(loop, writer);
                break;
            case LoadVector load:
                writer.Line($"var {load.Name} = {Load(load, rest)};");
                break;
            case StoreVector store:
                writer.Line(Store(store, rest));
                break;
            case StoreScalar store:
                string cast = store.Storage.IsLow() ? $"({store.Storage.CSharp()})" : "";
                writer.Line($"*{(store.Pointer.Contains(' ') ? $"({store.Pointer})" : store.Pointer)} = " +
                    $"{cast}{store.Value}.ToScalar();");
                break;
            case Accumulate sum:
                string value = rest is null ? sum.Value
                    : $"Vector512.ConditionalSelect(Lanes.Mask({rest}), {sum.Value}, {sum.Identity})";
                writer.Line(sum.Formula == "{0} + {1}" ? $"{sum.Name} += {value};"
                    : $"{sum.Name} = {string.Format(CultureInfo.InvariantCulture, sum.Formula, sum.Name, value)};");
                break;
            default:
                throw new System.InvalidOperationException($"{node.GetType().Name} has no C# form.");
        }
    }

    /// <summary>An expression as the target of a member access.</summary>
    static string Operand(string value) => value.Contains(' ') ? $"({value})" : value;

    static string Load(LoadVector load, string? rest)
    {
        if (load.Stride != "1") return $"Lanes.LoadStrided({load.Pointer}, {load.Stride}, {rest ?? "16"})";
        if (load.Storage.IsLow())
            return rest is null ? $"Lanes.Load({load.Pointer})" : $"Lanes.LoadPartial({load.Pointer}, {rest})";
        return rest is null ? $"Vector512.Load({load.Pointer})" : $"Vectors.LoadPartial({load.Pointer}, {rest})";
    }

    static string Store(StoreVector store, string? rest)
    {
        if (store.Storage.IsLow())
            return rest is null ? $"Lanes.Store({store.Pointer}, {store.Value});"
                : $"Lanes.StorePartial({store.Pointer}, {store.Value}, {rest});";
        return rest is null ? $"{Operand(store.Value)}.Store({store.Pointer});"
            : $"Vectors.StorePartial({store.Pointer}, {store.Value}, {rest});";
    }

    static void WriteVectorLoop(VectorFor loop, SourceWriter writer)
    {
        string j = loop.Variable;
        if (!loop.HasTail)
        {
            using (writer.Block($"for (nint {j} = {loop.From}; {j} < {loop.To}; {j} += 16)")) Nodes(loop.Body, writer,
                null);
            return;
        }
        bool isShort = int.TryParse(loop.To, NumberStyles.Integer, CultureInfo.InvariantCulture, out int length)
            && length < 16 && loop.From == "0";
        using (writer.Block(""))
        {
            writer.Line($"nint {j} = {loop.From};");
            if (!isShort)
                using (writer.Block($"for (; {j} + 16 <= {loop.To}; {j} += 16)")) Nodes(loop.Body, writer, null);
            using (writer.Block($"if ({j} < {loop.To})"))
            {
                string rest = "left";
                writer.Line($"int {rest} = (int)({loop.To} - {j});");
                Nodes(loop.Body, writer, rest);
            }
        }
    }
}
