using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Declaration;
using ModelCompiler.Infrastructure;

namespace ModelCompiler.Emission;

/// <summary>
/// The surface of a model that does not compile, made of its declaration alone: callers stay valid C#, so that the
/// model's own mistake is the only error shown. Every body throws.
/// </summary>
static class BrokenSurfaceEmitter
{
    const string Throw =
        "throw new System.NotSupportedException(\"This model has errors: see the build's diagnostics.\");";

    public static GeneratedFile Run(ModelDeclaration model)
    {
        var writer = new SourceWriter();
        string full = model.Namespace.Length > 0 ? model.Namespace + "." + model.Name : model.Name;
        ModelEmitter.Header(writer, model.Namespace);
        using (writer.Block($"partial class {model.Name}"))
        {
            // Without entry points whose names clash: their mistake is reported, a second one would not help.
            MethodDeclaration[] entries = [.. model.Methods.Where(m => m.IsEntry
                && !model.Mistakes.Any(mistake => mistake.Id == "MC0015" && mistake.Node == m.Mark))];
            MethodDeclaration? loss = entries.FirstOrDefault(m => m.IsLoss);
            writer.Line($"public static ModelLayout Layout => {Throw}");
            writer.Line($"public static Session Load(string path, Device device) => {Throw}");
            if (loss is not null)
                foreach (string optimizer in model.Optimizers)
                    writer.Line($"public static Trainer CreateTrainer(Device device, {optimizer} optimizer, ulong " +
                        $"seed = 0) => {Throw}");
            using (writer.Block("public static class Cost"))
            {
                foreach (string name in new[] { "Parameters", "StepFlops", "ActivationBytes",
                    "TrainingBytes" }) writer.Line($"public const long {name} = 0;");
                foreach (MethodDeclaration entry in entries)
                {
                    writer.Line($"public const long {entry.Name}Flops = 0;");
                    writer.Line($"public const long {entry.Name}Bytes = 0;");
                }
            }
            if (loss is { Metrics.Count: > 0 })
                writer.Line("public readonly record struct StepMetrics(" +
                    $"{string.Join(", ", loss.Metrics.Select(m => "float " + m))});");
            if (loss is not null) Trainer(model, loss, writer);
            Session(model, entries, writer);
        }
        return new GeneratedFile($"{full}.Surface.g.cs", GeneratedNames.Disambiguate(writer.ToString(), model.Taken));
    }

    static void Trainer(ModelDeclaration model, MethodDeclaration loss, SourceWriter writer)
    {
        using (writer.Block("public sealed unsafe partial class Trainer : ModelTrainer"))
        {
            writer.Line("internal Trainer() : base(Layout, Device.Cpu, 0, 0, null!, 0)");
            writer.Line("{");
            writer.Line("}");
            writer.Line($"protected override void Update() => {Throw}");
            string parameters = Signature(model, loss, hasResult: false);
            writer.Line($"public float Step({parameters}) => {Throw}");
            writer.Line($"public float ComputeGradients({parameters}) => {Throw}");
            string comma = parameters.Length > 0 ? ", " : "";
            writer.Line($"public float AccumulateGradients({parameters}{comma}float weightOfBatch = 1) => {Throw}");
            if (loss.Metrics.Count > 0) writer.Line($"public StepMetrics Metrics => {Throw}");
            writer.Line($"public Session CreateSession() => {Throw}");
            writer.Line($"public Session CreateAveragedSession() => {Throw}");
        }
    }

    static void Session(ModelDeclaration model, IEnumerable<MethodDeclaration> entries, SourceWriter writer)
    {
        using (writer.Block("public sealed unsafe partial class Session : ModelSession"))
        {
            writer.Line("internal Session() : base(null!, Device.Cpu, 0)");
            writer.Line("{");
            writer.Line("}");
            foreach (MethodDeclaration entry in entries)
            {
                // Whether a result is one number is not known here: both forms are there.
                writer.Line($"public float {entry.Name}({Signature(model, entry, hasResult: false)}) => {Throw}");
                if (entry.Metrics.Count > 0) writer.Line($"public StepMetrics Metrics => {Throw}");
                if (!entry.IsLoss) writer.Line(
                    $"public void {entry.Name}({Signature(model, entry, hasResult: true)}) => {Throw}");
            }
        }
    }

    static string Signature(ModelDeclaration model, MethodDeclaration entry, bool hasResult)
    {
        IEnumerable<string> inputs = entry.Parameters.Select(p =>
            $"System.ReadOnlySpan<{(p.Type.Contains("Int32") ? "int" : "float")}> {CSharpLiteral.Identifier(p.Name)}");
        string result = CSharpLiteral.Identifier(char.ToLowerInvariant(entry.Name[0]) + entry.Name.Substring(1));
        if (entry.Parameters.Any(p => p.Name == result)) result += "Result";
        HashSet<string> used = [.. entry.Parameters.SelectMany(p => p.Shape).SelectMany(Words)];
        HashSet<string> told = [.. entry.Parameters.Select(Told).Where(t => t.Length > 0)];
        IEnumerable<string> dims = model.Dims.Where(d => used.Contains(d.Name) && !told.Contains(d.Name))
            .Select(d => $"int {d.Name}");
        return string.Join(", ", [.. inputs, .. hasResult ? new[] { $"System.Span<float> {result}" } : [], .. dims]);
    }

    /// <summary>The dim that a parameter's span length tells: the only symbol of its shape.</summary>
    static string Told(ParameterDeclaration parameter)
    {
        string[] symbols = [.. parameter.Shape.SelectMany(Words)];
        return symbols.Length == 1 && parameter.Shape.Any(s => s.Trim() == symbols[0]) ? symbols[0] : "";
    }

    static IEnumerable<string> Words(string entry) =>
        System.Text.RegularExpressions.Regex.Matches(entry, "[A-Za-z_][A-Za-z0-9_]*")
            .Cast<System.Text.RegularExpressions.Match>().Select(m => m.Value);
}
