extern alias Compiler;
using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using Compiler::ModelCompiler;
using Compiler::ModelCompiler.Graphs;
using Compiler::ModelCompiler.IR;
using Microsoft.CodeAnalysis;
using ModelCompiler.Tests.Harness;
using Closure = Compiler::ModelCompiler.Declaration.Closure;

namespace ModelCompiler.Tests.Language;

/// <summary>Source text of a row's model, compiled, loaded and run.</summary>
static partial class WrittenModel
{
    const ulong Seed = 7;
    const int Rows = 5, Width = 6;

    /// <summary>What the test calls by reflection: spans cannot pass through it.</summary>
    const string Runner = """
        namespace Demo;

        public static class Runner
        {
            public static ModelTrainer Train() => Written.CreateTrainer(Device.Cpu.WithThreads(1), new AdamW(learningRate: 1e-3f), seed: 7);

            public static float Loss(ModelTrainer trainer, float[] x) => ((Written.Trainer)trainer).ComputeGradients(x);

            public static float[] Apply(ModelTrainer trainer, float[] x)
            {
                using var session = ((Written.Trainer)trainer).CreateSession();
                var result = new float[x.Length];
                session.Apply(x, result);
                return result;
            }

            public static object Create() => new Written();

            public static Tensor EagerLoss(object model, Tensor x) => ((Written)model).Loss(x);

            public static Tensor EagerApply(object model, Tensor x) => ((Written)model).Apply(x);
        }
        """;

    public static (string Path, string Text)[] Sources(LanguageRow row, string body) =>
    [
        ("Written.cs", $$"""
            using System;

            namespace Demo;

            [Model, Dim("B", Max = 8)]
            public sealed partial class Written
            {
                readonly Linear final = new(6, 3);
                {{row.Members}}

                public Tensor Apply([Shape("B", "6")] Tensor x)
                {
                    {{body}}
                }

                [Loss]
                public Tensor Loss([Shape("B", "6")] Tensor x)
                {
                    Tensor y = final.Forward(Apply(x));
                    return Mean(Mean(y * y, 1), 0).Reshape();
                }
            }
            """),
        ("Others.cs", $"using System;\n\nnamespace Demo;\n\n{row.Others}"),
    ];

    /// <summary>Numbers and gradients of the generated code are those of the body run as ordinary C#.</summary>
    public static void EqualsEager(LanguageRow row)
    {
        GeneratorRun run = GeneratorRun.Of([.. Sources(row, row.Body), ("Runner.cs", Runner)]);
        using var image = new MemoryStream();
        Assert.True(run.Output.Emit(image).Success);
        image.Position = 0;
        var context = new AssemblyLoadContext(row.Name, isCollectible: true);
        Type runner = context.LoadFromStream(image).GetType("Demo.Runner")!;
        float[] x = Draw.Reals(Rows * Width);
        var input = new ModelCompiler.Tensor(x, Rows, Width);
        object model = Call(runner, "Create");
        using var trainer = (ModelTrainer)Call(runner, "Train");
        EagerEqualsCompiled.Gradients(trainer, () => (float)Call(runner, "Loss", trainer, x), model, () => (ModelCompiler.Tensor)Call(runner, "EagerLoss", model, input), Seed);
        EagerEqualsCompiled.Close("Apply", ((ModelCompiler.Tensor)Call(runner, "EagerApply", model, input)).Data, (float[])Call(runner, "Apply", trainer, x));
        context.Unload();
    }

    /// <summary>The graph of Apply without names and comments.</summary>
    public static string GraphOf(LanguageRow row, string body) => GraphOf("Written", "Apply", Sources(row, body));

    public static string GraphOf(string model, string entry, params (string, string)[] sources)
    {
        FrontEndResult result = FrontEnd.Run(ClosureOf(model, sources));
        Assert.DoesNotContain(result.Findings, f => f.Id is not ("MC2001" or "MC2002" or "MC0017" or "MC1013"));
        Assert.True(result.IsCSharp, "the model's source is not valid C#");
        return Nameless(GraphPrinter.Print(result.Entries.First(e => e.Method == entry).Graph));
    }

    public static Closure ClosureOf(string model, params (string, string)[] sources)
    {
        GeneratorRun.Once(GeneratorRun.Compilation(sources), out GeneratorDriver driver);
        return driver.GetRunResult().Results[0].TrackedSteps["Closure"].SelectMany(s => s.Outputs).Select(o => (Closure)o.Value).Single(c => c.Root.Name == model);
    }

    /// <summary>Drops the graph's title, values' names, layers, users' words and what loops and repetitions are called.</summary>
    static string Nameless(string text) => string.Join("\n", text.Split('\n').Select(line =>
    {
        line = Comment().Replace(line, "");
        line = Title().Replace(line, "graph {");
        line = LoopIndex().Replace(line, "$1");
        line = Name().Replace(line, "$1");
        return Scope().Replace(line, "").TrimEnd();
    }));

    [GeneratedRegex(@" ; .*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^graph .*\{$")]
    private static partial Regex Title();

    [GeneratedRegex(@"( loop .+? times) \w+")]
    private static partial Regex LoopIndex();

    [GeneratedRegex("^( *(?:n\\d+|repeat s\\d+ \\d+)) \"[^\"]*\"")]
    private static partial Regex Name();

    [GeneratedRegex(@" @[\w.]+")]
    private static partial Regex Scope();

    static object Call(Type runner, string method, params object[] arguments) =>
        runner.GetMethod(method)!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
}
