using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace ModelCompiler.Infrastructure;

/// <summary>
/// The names that generated code brings into a user's class or takes for granted there, and what happens where one
/// means something else.
/// </summary>
static class GeneratedNames
{
    /// <summary>Members that users call: these cannot give way.</summary>
    public static readonly IReadOnlyList<string> Public =
        ["Cost", "CreateTrainer", "Layout", "Load", "Session", "StepMetrics", "Trainer"];

    /// <summary>
    /// What trainers and sessions inherit and generated bodies read: a parameter or dim would hide it.
    /// </summary>
    public static readonly IReadOnlyList<string> Inherited =
        ["Activations", "CheckNumbers", "Device", "Gradients", "LossScale", "Metrics", "OptimizerState", "Parameters",
            "Pool", "Weights"];

    /// <summary>Private classes, but for the buffers of each entry point.</summary>
    static readonly string[] Helpers = ["AdamWUpdate", "Buffers", "Kernels", "LionUpdate", "Offsets", "SgdUpdate"];

    const string Cpu = "global::ModelCompiler.Runtime.Cpu.", Training = "global::ModelCompiler.Runtime.Training.";

    /// <summary>Classes whose members generated code calls: followed by a dot, or by type arguments.</summary>
    static readonly Dictionary<string, string> Classes = new(StringComparer.Ordinal)
    {
        ["AdafactorUpdate"] = Training + "AdafactorUpdate",
        ["Check"] = "global::ModelCompiler.Runtime.Diagnostics.Check", ["GC"] = "global::System.GC",
            ["Gemm"] = Cpu + "Gemm",
        ["Float8Scaling"] = Cpu + "Float8Scaling",
        ["Lanes"] = Cpu + "Lanes", ["Math"] = "global::System.Math", ["MuonUpdate"] = Training + "MuonUpdate",
        ["Rows"] = Cpu + "Rows",
            ["System"] = "global::System",
        ["Vector512"] = "global::System.Runtime.Intrinsics.Vector512", ["VectorMath"] = Cpu + "VectorMath",
            ["Vectors"] = Cpu + "Vectors",
    };

    /// <summary>Types that generated code declares things of.</summary>
    static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        ["BFloat16"] = Cpu + "BFloat16", ["Float8E4M3"] = Cpu + "Float8E4M3", ["Float8E5M2"] = Cpu + "Float8E5M2",
        ["Half"] = "global::System.Half",
        ["Adafactor"] = Training + "Adafactor", ["AdamW"] = Training + "AdamW",
        ["Device"] = "global::ModelCompiler.Runtime.Device",
            ["IGemmEpilogue"] = Cpu + "IGemmEpilogue",
        ["IWork"] = Cpu + "IWork", ["MatrixView"] = Cpu + "MatrixView", ["ModelLayout"] = Training + "ModelLayout",
        ["Lion"] = Training + "Lion", ["Muon"] = Training + "Muon",
        ["UpdateBlock"] = Training + "UpdateBlock",
        ["ModelPlan"] = Training + "ModelPlan",
        ["ModelSession"] = Training + "ModelSession", ["ModelTrainer"] = Training + "ModelTrainer",
        ["NoEpilogue"] = Cpu + "NoEpilogue", ["ParameterLayout"] = Training + "ParameterLayout",
            ["ReadOnlySpan"] = "global::System.ReadOnlySpan",
        ["Sgd"] = Training + "Sgd", ["SkipLocalsInit"] = "global::System.Runtime.CompilerServices.SkipLocalsInit",
        ["Span"] = "global::System.Span", ["Weights"] = Training + "Weights",
    };

    /// <summary>Every name to look for in the user's class, its namespaces, its parameters and dims.</summary>
    public static IEnumerable<string> Candidates(IEnumerable<string> entries) =>
        [.. Helpers, .. entries.Select(e => e + "Buffers"), .. Classes.Keys, .. Types.Keys];

    /// <summary>Names that a kernel, which is a member of a class around others, must not have.</summary>
    public static IEnumerable<string> ReadInKernels => [.. Classes.Keys, .. Types.Keys];

    /// <summary>
    /// Code in which names that mean something else to the user's class are written out in full, or with a number.
    /// </summary>
    /// <param name="code">A file.</param>
    /// <param name="taken">Those names.</param>
    public static string Disambiguate(string code, IReadOnlyList<string> taken)
    {
        if (taken.Count == 0) return code;
        List<(Regex Name, string By)> rules = [.. taken.Select(name => Rule(name, taken))];
        return string.Join("\n", code.Split('\n').Select(line =>
        {
            int comment = line.IndexOf("//", StringComparison.Ordinal);
            (string head, string tail) = comment < 0 ? (line, "")
                : (line.Substring(0, comment), line.Substring(comment));
            if (head.StartsWith("using ", StringComparison.Ordinal)
                || head.StartsWith("namespace ", StringComparison.Ordinal)) return line;
            foreach ((Regex name, string by) in rules) head = name.Replace(head, by);
            return head + tail;
        }));
    }

    static (Regex, string) Rule(string name, IReadOnlyList<string> taken)
    {
        const string Before = @"(?<![\w.:@""])";
        if (Classes.TryGetValue(name, out string? full)) return (new Regex($@"{Before}{name}(?=\.|<)"), full);
        // Device and Weights are properties of a trainer as well: a type stands before a name, arguments or a member.
        string after = name is "Device" or "Weights" ? @"(?= [a-z]|[(.])" : @"\b";
        if (Types.TryGetValue(name, out full)) return (new Regex(Before + name + after), full);
        string free = name;
        for (int i = 2; taken.Contains(free); i++) free = name + i;
        // Followed by an argument list it is an entry point of that name.
        return (new Regex($@"{Before}{name}\b(?!\()"), free);
    }
}
