using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using ModelCompiler.IR;

namespace ModelCompiler.Lowering;

/// <summary>The text form of a lowered program: its methods' statements, then its kernels as loops.</summary>
sealed class ProgramPrinter
{
    readonly StringBuilder text = new();

    public static string Print(CpuProgram program)
    {
        var printer = new ProgramPrinter();
        printer.Line(0, $"program {program.Graph.Name}");
        foreach (CpuMethod method in program.Methods) printer.Method(method);
        foreach (CpuKernel kernel in program.Kernels) printer.Kernel(kernel);
        return printer.text.ToString();
    }

    void Method(CpuMethod method)
    {
        string indices = string.Join(", ", method.LoopIndices);
        Line(0, $"method {method.Name}({indices}){(method.IsBackward ? " backward" : "")} {{");
        foreach (Statement statement in method.Statements)
        {
            foreach (string note in statement.Notes) Line(1, "; " + note);
            Write(statement);
        }
        Line(0, "}");
    }

    void Write(Statement statement)
    {
        switch (statement)
        {
            case Launch launch:
                Line(1, $"launch {launch.Kernel.Name} over {launch.Count} grain "
                    + launch.Grain.ToString(CultureInfo.InvariantCulture));
                Arguments(launch.Arguments);
                break;
            case Multiply multiply:
                string batches = string.Concat(multiply.ExtraLoops.Select(l => l + " by "));
                Line(1, $"multiply {batches}{multiply.Outer} by {multiply.Inner} times m {multiply.M}, n {multiply.N}, "
                    + $"k {multiply.K}{(multiply.Epilogue is { } epilogue ? $", then {epilogue.Name}" : "")}");
                Matrix("a", multiply.A);
                Matrix("b", multiply.B);
                Matrix("c", multiply.C);
                Arguments(multiply.Arguments);
                break;
            case Call call:
                foreach (string line in call.Text.Split('\n')) Line(1, "call " + line);
                break;
            case TiledCall call:
                foreach (string line in call.Text.Split('\n')) Line(1, "call " + line);
                if (call.Epilogue is { } last) Line(1, $"then {last.Name}");
                Arguments(call.Arguments);
                break;
            case RunLoop loop:
                Line(1, $"loop {loop.Index} " +
                    $"{(loop.Reversed ? $"from {loop.Bound} down to 0" : $"from 0 to below {loop.Bound}")}: " +
                    $"{loop.Body.Name}");
                break;
            default:
                throw new System.InvalidOperationException($"{statement.GetType().Name} has no text form.");
        }
    }

    void Arguments(IReadOnlyList<Argument> arguments)
    {
        foreach (Argument argument in arguments) Line(2, $"{argument.Field} = {argument.Expression}");
    }

    void Matrix(string name, MatrixOperand m) =>
        Line(2, $"{name} = {(m.Data.Length == 0 ? "tiles of its own" : m.Data)} " +
            $"strides [{m.Outer}, {m.Inner}, {m.Row}, {m.Column}]");

    void Kernel(CpuKernel kernel)
    {
        Line(0, $"{(kernel.IsEpilogue ? "epilogue" : "kernel")} {kernel.Name} {{");
        foreach (KernelField field in kernel.Fields) Line(1, $"field {field.Type} {field.Name} ; {field.Note}");
        text.Append(LoopPrinter.Print(kernel.Body, 1));
        Line(0, "}");
    }

    void Line(int depth, string line) => text.Append(' ', depth * 2).Append(line.TrimEnd()).Append('\n');
}
