using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;
using ModelCompiler.Lowering;
using ModelCompiler.Lowering.Cuda;

namespace ModelCompiler.Emission;

/// <summary>Writes the methods that launch a device's kernels, as those of the processor are written.</summary>
static class CudaMethodEmitter
{
    const int Columns = 110;

    /// <summary>Pointers of the device, and lengths of 64 bits: products of lengths may be more than an int holds.
    /// </summary>
    static string Parameters(EntryProgram entry)
    {
        IEnumerable<string> inputs = entry.Inputs
            .Select(i => $"{MethodEmitter.Pointer(i.Type)} {CSharpLiteral.Identifier(i.Name)}");
        return string.Join(", ", [.. inputs, .. MethodEmitter.Results(entry).Select(r => $"float* {r}"),
            .. entry.Graph.Dims.Select(d => $"nint {d.Name}")]);
    }

    public static void Write(CpuMethod method, EntryProgram entry, CudaKernelPool kernels, SourceWriter writer)
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
    /// The same method once more, with the name of each launch that does not have its kernel's before it and a check of
    /// each value behind it: what runs while a profile measures, or CheckNumbers is on.
    /// </summary>
    public static void WriteWatched(CpuMethod method, EntryProgram entry, CudaKernelPool kernels, SourceWriter writer)
    {
        string indices = string.Concat(method.LoopIndices.Select(i => $"int {i}, "));
        using (writer.Block($"void {Watched}{method.Name}({indices}{Parameters(entry)})"))
        {
            foreach (Statement statement in method.Statements)
            {
                if (statement is not (CudaLaunch or CudaColumnLaunch or RunLoop))
                    writer.Line($"Next({CSharpLiteral.String(statement.Name)});");
                Write(statement, entry, kernels, writer, Watched);
                foreach (StoredValue value in statement.Writes) MethodEmitter.Check(value, method, writer);
            }
        }
    }

    /// <summary>What names of methods that are watched begin with.</summary>
    public const string Watched = "Watched";

    static void Write(Statement statement, EntryProgram entry, CudaKernelPool kernels, SourceWriter writer,
        string prefix = "")
    {
        switch (statement)
        {
            case CudaLaunch launch:
                CudaGrid grid = launch.Grid;
                Call(grid.SharedBytes == 0
                    ? $"Launch({kernels.NumberOf(launch.Kernel)}, {grid.Blocks}, {grid.Threads}"
                    : $"LaunchWithShared({kernels.NumberOf(launch.Kernel)}, {grid.Blocks}, {grid.Threads}, " +
                        $"sharedBytes: {grid.SharedBytes}", launch.Arguments, writer);
                break;
            case CudaColumnLaunch launch:
                CudaColumns shape = launch.Shape;
                string results = string.Join(", ", shape.Finishes.Select(f =>
                    $"new({f.Address}, {(f.IsMax ? "true" : "false")})"));
                Call($"LaunchColumns({kernels.NumberOf(launch.Kernel)}, columns: {shape.Columns}, outer: " +
                    $"{shape.Outer}, rows: {shape.Rows}, {shape.Threads}, [{results}]", launch.Arguments, writer);
                break;
            case CudaMultiply multiply:
                Multiply(multiply, writer, 0);
                break;
            case Call call:
                writer.Lines(call.Text + ";");
                break;
            case RunLoop loop:
                string i = loop.Index;
                string arguments = string.Concat(loop.Body.LoopIndices.Select(x => x + ", "));
                string header = loop.Reversed ? $"for (int {i} = (int)({loop.Bound}); {i} >= 0; {i}--)"
                    : $"for (int {i} = 0; {i} < {loop.Bound}; {i}++)";
                writer.Line($"{header} {prefix}{loop.Body.Name}({arguments}{MethodEmitter.Arguments(entry)});");
                break;
            default:
                throw new System.InvalidOperationException($"{statement.GetType().Name} has no form for CUDA.");
        }
    }

    /// <summary>A call with its arguments, on one line or, where that is long, on several.</summary>
    static void Call(string head, IReadOnlyList<Argument> arguments, SourceWriter writer)
    {
        List<string> values = [.. arguments.Select(a => a.Expression)];
        string whole = $"{head}{string.Concat(values.Select(v => ", " + v))});";
        if (whole.Length <= Columns)
        {
            writer.Line(whole);
            return;
        }
        writer.Line(head + ",");
        using (writer.Indent())
        {
            string line = "";
            for (int i = 0; i < values.Count; i++)
            {
                string piece = values[i] + (i + 1 < values.Count ? ", " : ");");
                if (line.Length > 0 && line.Length + piece.Length > Columns)
                {
                    writer.Line(line.TrimEnd());
                    line = "";
                }
                line += piece;
            }
            writer.Line(line);
        }
    }

    static void Multiply(CudaMultiply multiply, SourceWriter writer, int loop)
    {
        if (loop < multiply.ExtraLoops.Count)
        {
            writer.Line($"for (int batch{loop} = 0; batch{loop} < {multiply.ExtraLoops[loop]}; batch{loop}++)");
            using (writer.Indent()) Multiply(multiply, writer, loop + 1);
            return;
        }
        string sizes = $"m: {multiply.M}, n: {multiply.N}, k: {multiply.K},";
        writer.Line(Epilogue(multiply) is { } method ? $"{method}({sizes}"
            : $"Multiply(outer: {multiply.Outer}, inner: {multiply.Inner}, {sizes}");
        List<string> arguments = [Matrix(multiply.A), Matrix(multiply.B), Matrix(multiply.C)];
        if (multiply.Before is { } before) arguments.Add("before: " + Matrix(before));
        if (multiply.Residual is { } residual) arguments.Add("residual: " + Matrix(residual));
        if (multiply.Bias.Length > 0) arguments.Add("bias: " + multiply.Bias);
        if (multiply.BiasGradient.Length > 0) arguments.Add("biasGradient: " + multiply.BiasGradient);
        using (writer.Indent())
            for (int i = 0; i < arguments.Count; i++)
                writer.Line(arguments[i] + (i + 1 < arguments.Count ? "," : ");"));
    }

    /// <summary>The method of a product with more than its product; null for one without.</summary>
    static string? Epilogue(CudaMultiply multiply) => multiply.Activation switch
    {
        ProductActivation.Gelu => "MultiplyGelu",
        ProductActivation.GeluGradient => "MultiplyGeluGradient",
        _ when multiply.BiasGradient.Length > 0 => "MultiplyAndSum",
        _ when multiply.Bias.Length > 0 || multiply.Residual is not null => "MultiplyAndAdd",
        _ => null,
    };

    static string Matrix(MatrixOperand m)
    {
        string batch = m.Outer == "0" && m.Inner == "0" ? ""
            : $"Outer = {m.Outer}, Inner = {m.Inner}, ";
        string scale = m.Scale.Length > 0 ? $"Scale = {m.Scale}, " : "";
        return $"new MatrixView {{ {m.Pointer} = {m.Data}, {scale}{batch}Row = {m.Row}, Column = {m.Column} }}";
    }
}
