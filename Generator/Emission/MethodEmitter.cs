using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;
using ModelCompiler.Lowering;

namespace ModelCompiler.Emission;

/// <summary>
/// Writes the methods that launch kernels: each statement under the user's expression and the shapes it makes.
/// </summary>
static class MethodEmitter
{
    /// <summary>Of a statement, its indentation not counted.</summary>
    const int Columns = 110;

    /// <summary>The pointer and dim parameters all methods of an entry point share.</summary>
    public static string Parameters(EntryProgram entry)
    {
        IEnumerable<string> inputs = entry.Inputs.Select(i => $"{Pointer(i.Type)} {CSharpLiteral.Identifier(i.Name)}");
        return string.Join(", ", [.. inputs, .. Results(entry).Select(r => $"float* {r}"),
            .. entry.Graph.Dims.Select(d => $"int {d.Name}")]);
    }

    /// <param name="entry">Whose methods are called.</param>
    /// <param name="pointers">
    /// From the surface, where spans have the names and pointers those names and "Start".
    /// </param>
    public static string Arguments(EntryProgram entry, bool pointers = false)
    {
        string Name(string name) => pointers ? Start(entry, name) : CSharpLiteral.Identifier(name);
        return string.Join(", ", [.. entry.Inputs.Select(i => Name(i.Name)), .. Results(entry).Select(Name),
            .. entry.Graph.Dims.Select(d => d.Name)]);
    }

    /// <summary>Names of the spans that results are written to.</summary>
    public static IEnumerable<string> Results(EntryProgram entry)
    {
        if (entry.ResultName is not { } name) return [];
        return entry.Graph.Results.Count == 1
            ? [CSharpLiteral.Identifier(name)]
            : Enumerable.Range(1, entry.Graph.Results.Count).Select(i => Unused(entry, name + i));
    }

    /// <summary>The pointer to the first element of a span.</summary>
    public static string Start(EntryProgram entry, string span) => Local(entry, span.TrimStart('@') + "Start");

    /// <summary>
    /// A local's name beside the user's own: with a number where a parameter of the entry point has it.
    /// </summary>
    public static string Local(EntryProgram entry, string wish) =>
        Results(entry).Contains(wish) ? Local(entry, wish + "2") : Unused(entry, wish);

    static string Unused(EntryProgram entry, string wish) =>
        entry.Inputs.Any(i => i.Name == wish) || entry.Graph.Dims.Any(d => d.Name == wish) ? Unused(entry, wish + "2")
            : wish;

    public static string Pointer(ElementType type) => type == ElementType.Int32 ? "int*" : "float*";

    public static void Write(CpuMethod method, EntryProgram entry, KernelPool kernels, SourceWriter writer)
    {
        writer.Line($"/// <summary>{CSharpLiteral.Xml(method.Summary)}</summary>");
        writer.Line($"/// <remarks>{CSharpLiteral.Xml(method.Remarks)}</remarks>");
        string indices = string.Concat(method.LoopIndices.Select(i => $"int {i}, "));
        using (writer.Block($"void {method.Name}({indices}{Parameters(entry)})"))
        {
            string source = "";
            bool isFirst = true;
            foreach (Statement statement in method.Statements)
            {
                if (!isFirst) writer.Line();
                isFirst = false;
                if (statement.Source.Length > 0 && statement.Source != source) writer.Line("// " + statement.Source);
                source = statement.Source;
                foreach (string note in statement.Notes) writer.Line("//   " + note);
                Write(statement, entry, kernels, writer);
            }
        }
    }

    /// <summary>
    /// The same method once more, with a check of each value after the statement that stores it: what runs while
    /// CheckNumbers is on.
    /// </summary>
    public static void WriteChecked(CpuMethod method, EntryProgram entry, KernelPool kernels, SourceWriter writer)
    {
        string indices = string.Concat(method.LoopIndices.Select(i => $"int {i}, "));
        using (writer.Block($"void {Checked}{method.Name}({indices}{Parameters(entry)})"))
        {
            foreach (Statement statement in method.Statements)
            {
                Write(statement, entry, kernels, writer, Checked);
                foreach (StoredValue value in statement.Writes) Check(value, method, writer);
            }
        }
    }

    /// <summary>What names of methods that check their values begin with.</summary>
    public const string Checked = "Checked";

    /// <summary>The check of a value that has just been stored.</summary>
    public static void Check(StoredValue value, CpuMethod method, SourceWriter writer)
    {
        string where = method.IsBackward ? "backward" : "forward", layers = "";
        for (int i = 0; i < method.LoopIndices.Count; i++)
            layers += method.LoopPaths[i].Length > 0 ? $"{method.LoopPaths[i]}[{{{i}}}] " : $"{{{i}}} ";
        string loops = method.LoopIndices.Count == 0 ? "" : $", [{string.Join(", ", method.LoopIndices)}]";
        string infinite = value.MayBeInfinite ? ", mayBeInfinite: true" : "";
        writer.Line($"CheckFinite({CSharpLiteral.String(where)}, {CSharpLiteral.String(layers + value.Name)}, " +
            $"{CSharpLiteral.String(value.Source)},");
        using (writer.Indent())
            writer.Line($"{value.Address}, [{string.Join(", ", value.Axes)}]{loops}{infinite});");
    }

    static void Write(Statement statement, EntryProgram entry, KernelPool kernels, SourceWriter writer,
        string prefix = "")
    {
        switch (statement)
        {
            case Launch launch:
                writer.Line("Pool.Run(");
                using (writer.Indent()) Construct(launch.Kernel, launch.Arguments, kernels,
                    $", {launch.Count}, grain: {launch.Grain});", writer);
                break;
            case Multiply multiply:
                Write(multiply, kernels, writer, 0);
                break;
            case Call call:
                writer.Lines(call.Text + ";");
                break;
            case TiledCall call:
                writer.Lines(call.Text + ",");
                using (writer.Indent())
                {
                    if (call.Epilogue is { } epilogue) Construct(epilogue, call.Arguments, kernels, ");", writer);
                    else writer.Line("default(NoEpilogue));");
                }
                break;
            case RunLoop loop:
                string i = loop.Index;
                string arguments = string.Concat(loop.Body.LoopIndices.Select(x => x + ", "));
                string header = loop.Reversed ? $"for (int {i} = {loop.Bound}; {i} >= 0; {i}--)"
                    : $"for (int {i} = 0; {i} < {loop.Bound}; {i}++)";
                writer.Line($"{header} {prefix}{loop.Body.Name}({arguments}{Arguments(entry)});");
                break;
            default:
                throw new System.InvalidOperationException($"{statement.GetType().Name} has no C# form.");
        }
    }

    static void Write(Multiply multiply, KernelPool kernels, SourceWriter writer, int loop)
    {
        if (loop < multiply.ExtraLoops.Count)
        {
            writer.Line($"for (int batch{loop} = 0; batch{loop} < {multiply.ExtraLoops[loop]}; batch{loop}++)");
            using (writer.Indent()) Write(multiply, kernels, writer, loop + 1);
            return;
        }
        string batch = multiply.Outer == "1" && multiply.Inner == "1" ? "outer: 1, inner: 1"
            : $"outer: {multiply.Outer}, inner: {multiply.Inner}";
        writer.Line($"Gemm.Multiply(Pool, {batch}, m: {multiply.M}, n: {multiply.N}, k: {multiply.K},");
        using (writer.Indent())
        {
            writer.Line(Matrix(multiply.A) + ",");
            writer.Line(Matrix(multiply.B) + ",");
            writer.Line(Matrix(multiply.C) + ",");
            if (multiply.Epilogue is { } epilogue) Construct(epilogue, multiply.Arguments, kernels, ");", writer);
            else writer.Line("default(NoEpilogue));");
        }
    }

    static string Matrix(MatrixOperand m)
    {
        string batch = m.Outer == "0" && m.Inner == "0" ? "" : $"Outer = {m.Outer}, Inner = {m.Inner}, ";
        string data = m.Data.Length == 0 ? "" : $"{m.Pointer} = {m.Data}, ";
        if (m.Scale.Length > 0) data += $"Scale = {m.Scale}, ";
        return $"new MatrixView {{ {data}{batch}Row = {m.Row}, Column = {m.Column} }}";
    }

    /// <summary>A kernel with its fields, on one line or, where that is long, on several.</summary>
    static void Construct(CpuKernel kernel, IReadOnlyList<Argument> arguments, KernelPool kernels, string end,
        SourceWriter writer)
    {
        string head = "new " + kernels.NameOf(kernel);
        List<string> fields = [.. arguments.Select(a => $"{a.Field} = {a.Expression}")];
        string whole = $"{head} {{ {string.Join(", ", fields)} }}{end}";
        if (whole.Length <= Columns)
        {
            writer.Line(whole);
            return;
        }
        writer.Line(head);
        using (writer.Block("", "}" + end))
        {
            string line = "";
            foreach (string field in fields)
            {
                if (line.Length > 0 && line.Length + field.Length > Columns)
                {
                    writer.Line(line.TrimEnd());
                    line = "";
                }
                line += field + ", ";
            }
            writer.Line(line.TrimEnd());
        }
    }
}
