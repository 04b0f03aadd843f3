using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;
using ModelCompiler.Lowering;
using ModelCompiler.Lowering.Cuda;

namespace ModelCompiler.Emission;

/// <summary>Writes a kernel as CUDA C: what it computes, its parameters with their shapes, its body.</summary>
static class CudaKernelEmitter
{
    /// <summary>
    /// How many blocks of so many threads a multiprocessor is to hold at least: 168 registers a thread where warps keep
    /// rows in them, 64 elsewhere. Left to itself the compiler rather spills a few than have fewer blocks.
    /// </summary>
    static string Bounds(int threads) => threads switch
    {
        128 => "128, 3",
        256 => "256, 4",
        512 => "512, 2",
        _ => $"{threads}",
    };

    public static void Write(string name, CpuKernel kernel, int threads, SourceWriter writer)
    {
        writer.Line("// " + kernel.Summary);
        foreach (string remark in kernel.Remarks) writer.Line("// " + remark);
        writer.Line($"extern \"C\" __global__ void __launch_bounds__({Bounds(threads)}) {name}(");
        using (writer.Indent())
            for (int i = 0; i < kernel.Fields.Count; i++)
            {
                KernelField field = kernel.Fields[i];
                string end = i + 1 < kernel.Fields.Count ? "," : ")";
                writer.Line($"{field.Type} {field.Name}{end}   // {field.Note}");
            }
        using (writer.Block(""))
            foreach (string line in Body(kernel)) writer.Line(line);
    }

    static IReadOnlyList<string> Body(CpuKernel kernel)
    {
        var body = new SourceWriter();
        Nodes(kernel.Body, body);
        return RemoveUnusedLocals.Run(body.ToString().TrimEnd('\n').Split('\n'));
    }

    /// <summary>Everything but the name: equal kernels are emitted once.</summary>
    public static string Signature(CpuKernel kernel)
    {
        var writer = new SourceWriter();
        foreach (KernelField field in kernel.Fields) writer.Line($"{field.Type} {field.Name} {field.Note}");
        foreach (string line in Body(kernel)) writer.Line(line);
        return writer.ToString();
    }

    static void Nodes(IEnumerable<LoopNode> nodes, SourceWriter writer)
    {
        foreach (LoopNode node in nodes) Node(node, writer);
    }

    static void Node(LoopNode node, SourceWriter writer)
    {
        switch (node)
        {
            case Remark remark:
                writer.Line("// " + remark.Text);
                break;
            case CudaLine line:
                writer.Line(line.Text);
                break;
            case Let let:
                writer.Line($"{let.Type} {let.Name} = {let.Expression};");
                break;
            case CudaBlock block:
                writer.Line(block.Header + " {");
                using (writer.Indent()) Nodes(block.Body, writer);
                writer.Line("}");
                break;
            case CudaChunk chunk:
                Chunk(chunk, writer);
                break;
            default:
                throw new System.InvalidOperationException($"{node.GetType().Name} has no form in CUDA C.");
        }
    }

    /// <summary>Loads, then element by element, then stores.</summary>
    static void Chunk(CudaChunk chunk, SourceWriter writer)
    {
        int width = chunk.Vector;
        var pieces = new List<string>();
        var ends = new List<string>();
        var element = new List<string>();
        foreach (LoopNode node in chunk.Body)
            switch (node)
            {
                case CudaLoad load:
                    element.Add(Load(load, width, pieces));
                    if (load.Shared is { } shared)
                        (width == 1 ? element : pieces).Add(width == 1 ? $"put({shared} + at, {load.Name});"
                            : $"store<{width}>({shared} + at, {load.Name}_v);");
                    if (load.Kept is { } kept) element.Add($"{kept}[slot] = {load.Name};");
                    break;
                case CudaStore store:
                    Store(store, width, pieces, element, ends);
                    break;
                case CudaKeep keep:
                    element.Add($"{keep.Array}[slot] = {keep.Name};");
                    break;
                case Let let:
                    element.Add($"{let.Type} {let.Name} = {let.Expression};");
                    break;
                case Accumulate sum:
                    element.Add(sum.Formula == "{0} + {1}" ? $"{sum.Name} += {sum.Value};"
                        : $"{sum.Name} = " +
                            $"{string.Format(CultureInfo.InvariantCulture, sum.Formula, sum.Name, sum.Value)};");
                    break;
                default:
                    throw new System.InvalidOperationException($"{node.GetType().Name} is nothing a chunk does.");
            }
        foreach (string line in pieces) writer.Line(line);
        bool usesSlot = element.Any(l => l.Contains("[slot]"));
        bool usesPlace = element.Any(UsesPlace);
        if (width == 1)
        {
            if (usesSlot) element = [.. element.Select(l => l.Replace("[slot]", $"[{Slot(chunk.Register, "0")}]"))];
            if (usesPlace) writer.Line("const auto j = at;");
            foreach (string line in element) writer.Line(line);
        }
        else
        {
            writer.Line("#pragma unroll");
            writer.Line($"for (int e = 0; e < {width}; e++) {{");
            using (writer.Indent())
            {
                if (usesPlace) writer.Line("const auto j = at + e;");
                foreach (string line in element)
                    writer.Line(line.Replace("[slot]", $"[{Slot(chunk.Register, "e")}]"));
            }
            writer.Line("}");
        }
        foreach (string line in ends) writer.Line(line);
    }

    static string Slot(string register, string element)
    {
        if (register == "0") return element;
        string text = register.EndsWith(" * 1", System.StringComparison.Ordinal)
            ? register.Substring(0, register.Length - 4) : register;
        return element == "0" ? text : $"{text} + {element}";
    }

    /// <summary>Whether a line speaks of <c>j</c>, the place of its element.</summary>
    static bool UsesPlace(string line) =>
        System.Text.RegularExpressions.Regex.IsMatch(line, @"(?<![\w.])j(?!\w)");

    static string Load(CudaLoad load, int width, List<string> pieces)
    {
        string type = KernelLanguage.Cuda.Type(load.Type);
        if (width == 1) return $"{type} {load.Name} = {Read(load.Type, $"{load.Pointer}[at]")};";
        if (load.Type != ElementType.Float32)
            return $"{type} {load.Name} = {Read(load.Type, $"{load.Pointer}[at + e]")};";
        pieces.Add($"float {load.Name}_v[{width}];");
        pieces.Add($"load<{width}>({load.Pointer} + at, {load.Name}_v);");
        return $"{type} {load.Name} = {load.Name}_v[e];";
    }

    static string Read(ElementType type, string element) => type switch
    {
        ElementType.Float32 => $"to_float({element})",
        ElementType.Boolean => $"{element} != 0",
        _ => element,
    };

    static void Store(CudaStore store, int width, List<string> pieces, List<string> element, List<string> ends)
    {
        string place = width == 1 ? "at" : "at + e";
        if (store.Type != ElementType.Float32)
            element.Add($"{store.Pointer}[{place}] = {(store.Type == ElementType.Boolean ? $"{store.Name} ? -1 : 0"
                : store.Name)};");
        else if (width == 1) element.Add($"put({store.Pointer} + at, {store.Name});");
        else
        {
            string array = store.Pointer.Replace('.', '_') + "_v";
            pieces.Add($"float {array}[{width}];");
            element.Add($"{array}[e] = {store.Name};");
            ends.Add($"store<{width}>({store.Pointer} + at, {array});");
        }
    }
}
