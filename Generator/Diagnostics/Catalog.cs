using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace ModelCompiler.Diagnostics;

/// <summary>Every diagnostic of the compiler, once.</summary>
static class Catalog
{
    const string Help = "https://github.com/modelcompiler/modelcompiler/blob/main/Generator/Diagnostics/README.md#";

    static readonly Dictionary<string, DiagnosticDescriptor> ById = new(StringComparer.Ordinal);

    /// <summary>The error that stops the build of a wrong model even with analyzers off.</summary>
    public static readonly DiagnosticDescriptor WrongModel = Error("MC0001", "Model does not compile");

    static readonly DiagnosticDescriptor[] Others =
    [
        Error("MC0002", "Model is not partial"),
        Error("MC0003", "Entry point parameter without a shape"),
        Error("MC0004", "Two losses"),
        Error("MC0005", "Unknown dim or axis length"),
        Error("MC0006", "Dim with impossible bounds"),
        Error("MC0007", "Model of another version"),
        Error("MC0008", "Class cannot be a model"),
        Error("MC0009", "Unknown optimizer"),
        Error("MC0010", "C# that models cannot be written in"),
        Error("MC0011", "Condition not known at build"),
        Error("MC0012", "Entry point parameter that is no tensor"),
        Error("MC0013", "Entry point that returns no tensor"),
        Error("MC0014", "Model that throws"),
        Error("MC0015", "Name of an entry point"),
        Error("MC0016", "Name of a generated member"),
        Note("MC0017", "Loop is unrolled"),
        Error("MC0018", "Frozen name that no parameter has"),
        Error("MC0019", "Some of repeated layers frozen"),
        Error("MC0020", "Nothing left to train"),
        Error("MC0021", "Tapped name that no value has"),
        Error("MC0022", "Metric is not one number"),
        Error("MC0023", "Metric without a name of its own"),
        Warning("MC0024", "Precision without effect"),
        Error("MC1001", "Shape error"),
        Error("MC1002", "No such axis"),
        Error("MC1003", "Shapes do not broadcast"),
        Error("MC1004", "Wrong number of axes"),
        Error("MC1005", "Sizes differ"),
        Error("MC1006", "Wrong order of axes"),
        Error("MC1007", "Layer of a repetition read outside a loop"),
        Error("MC1008", "Repetition without layers"),
        Error("MC1009", "Loop changes a shape"),
        Error("MC1010", "Loss is not one number"),
        Error("MC1011", "Slice outside its axis"),
        Error("MC1012", "Tensors cannot be joined"),
        Warning("MC1013", "Operands spread over each other"),
        Error("MC1014", "A state does not fit where it changes"),
        Error("MC1015", "Probability out of range"),
        Error("MC1016", "Gradient written by hand does not fit"),
        Error("MC1101", "MatMul shapes"),
        Error("MC1102", "MatMul lengths"),
        Error("MC1103", "MatMul batches"),
        Error("MC1104", "Gather shapes"),
        Error("MC1105", "ScatterAdd shapes"),
        Error("MC1106", "LayerNorm shapes"),
        Error("MC1107", "CrossEntropy shapes"),
        Error("MC1108", "Attention shapes"),
        Error("MC1109", "Linear shapes"),
        Error("MC1110", "Attention layer shapes"),
        Error("MC1111", "Lstm shapes"),
        Error("MC1112", "Clamp bounds"),
        Error("MC1113", "Pow exponent"),
        Error("MC1114", "Axes to reduce"),
        Error("MC1115", "ArgMax axis too long"),
        Error("MC1116", "Operator of another element type"),
        Error("MC1117", "Loss shapes"),
        Error("MC1118", "Huber delta"),
        Error("MC1119", "CrossEntropy options"),
        Error("MC1120", "Squeeze shapes"),
        Error("MC1121", "Flatten axes"),
        Error("MC1122", "Split lengths"),
        Error("MC1123", "Tile counts"),
        Error("MC1124", "Einsum pattern"),
        Error("MC1125", "Einsum shapes"),
        Error("MC1126", "RMSNorm shapes"),
        Error("MC1127", "GroupNorm shapes"),
        Error("MC1128", "Gru shapes"),
        Error("MC1129", "Attention heads"),
        Error("MC1130", "Attention documents"),
        Error("MC1131", "Attention key lengths"),
        Error("MC1132", "Attention bias"),
        Error("MC1133", "Attention window"),
        Error("MC1140", "Convolution axes"),
        Error("MC1141", "Convolution channels"),
        Error("MC1142", "Convolution settings"),
        Error("MC1143", "Window larger than the image"),
        Error("MC1144", "Length not divisible by the stride"),
        Error("MC1145", "Pooling settings"),
        Error("MC1146", "Pooling shapes"),
        Error("MC1147", "Convolution layer shapes"),
        Warning("MC2001", "Parameter is never read"),
        Warning("MC2002", "No gradient reaches a parameter"),
        Warning("MC4001", "Model compiled without optimisation"),
        Error("MC4002", "Tensor with too many elements"),
        Error("MC9001", "Compiler failure"),
    ];

    /// <summary>All of them, in order.</summary>
    public static ImmutableArray<DiagnosticDescriptor> All { get; } = [WrongModel, .. Others];

    public static DiagnosticDescriptor Find(string id) =>
        ById.TryGetValue(id, out DiagnosticDescriptor? found) ? found : ById["MC1001"];

    public static bool IsError(string id) => Find(id).DefaultSeverity == DiagnosticSeverity.Error;

    static DiagnosticDescriptor Error(string id, string title) => Add(id, title, DiagnosticSeverity.Error);

    static DiagnosticDescriptor Warning(string id, string title) => Add(id, title, DiagnosticSeverity.Warning);

    static DiagnosticDescriptor Note(string id, string title) => Add(id, title, DiagnosticSeverity.Info);

    static DiagnosticDescriptor Add(string id, string title, DiagnosticSeverity severity) =>
        ById[id] = new DiagnosticDescriptor(id, title, "{0}", "ModelCompiler", severity, true,
            helpLinkUri: Help + id.ToLowerInvariant());
}
