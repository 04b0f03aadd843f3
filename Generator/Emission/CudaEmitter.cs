using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;
using ModelCompiler.Lowering;
using ModelCompiler.Lowering.Cuda;

namespace ModelCompiler.Emission;

/// <summary>
/// Writes what runs a model on a device of CUDA: inside Trainer and Session a program whose methods launch kernels, and
/// the kernels' text.
/// </summary>
sealed class CudaEmitter
{
    /// <summary>The trainer's program.</summary>
    public const string Steps = "CudaSteps";

    /// <summary>The session's program.</summary>
    public const string Calls = "CudaCalls";

    /// <summary>What Trainer and Session call it.</summary>
    public const string Field = "onCuda";

    const string Programs = "ModelCompiler.Runtime.Cuda.Programs.";

    readonly ModelProgram model;
    readonly CudaKernelPool pool = new();

    public CudaEmitter(ModelProgram model)
    {
        this.model = model;
        if (model.Training?.OnCuda is { } training) pool.Add(training);
        foreach (EntryProgram entry in model.Inference) pool.Add(entry.OnCuda!);
    }

    /// <summary>A kernel's name in the emitted text.</summary>
    public string SymbolOf(CpuKernel kernel) => pool.SymbolOf(kernel);

    public void Kernels(SourceWriter writer) =>
        pool.Write(model.Namespace.Length > 0 ? model.Namespace + "." + model.Name : model.Name, writer);

    public void Methods(SourceWriter writer)
    {
        if (model.Training is { } training)
            using (writer.Block("public sealed unsafe partial class Trainer"))
            {
                writer.Line("/// <summary>The same steps on a device of CUDA: a pass is recorded once for its " +
                    "lengths, and launched as one graph.</summary>");
                Program($"sealed unsafe partial class {Steps}(Trainer trainer) : {Programs}CudaTraining(trainer, " +
                    "CudaKernels.Text,", [training], () => Step(training, writer), writer);
            }
        if (model.Inference.Count == 0) return;
        if (model.Training is not null) writer.Line();
        using (writer.Block("public sealed unsafe partial class Session"))
        {
            writer.Line("/// <summary>The same calls on a device of CUDA.</summary>");
            Program($"sealed unsafe class {Calls}(Session session) : {Programs}CudaInference(session, " +
                "CudaKernels.Text,", model.Inference, () => Call(writer), writer);
        }
    }

    /// <summary>The trainer's methods once more, for whoever wants to look at each launch.</summary>
    public void WatchedMethods(SourceWriter writer)
    {
        EntryProgram training = model.Training!;
        using (writer.Block("public sealed unsafe partial class Trainer"))
            using (writer.Block($"partial class {Steps}"))
            {
                bool isFirst = true;
                foreach (CpuMethod method in training.OnCuda!.Methods)
                {
                    if (!isFirst) writer.Line();
                    isFirst = false;
                    CudaMethodEmitter.WriteWatched(method, training, pool, writer);
                }
            }
    }

    void Program(string header, IReadOnlyList<EntryProgram> entries, System.Action record, SourceWriter writer)
    {
        IEnumerable<Shape> inputs = entries.SelectMany(e => e.Inputs).Select(i => i.Shape);
        IEnumerable<Shape> outputs = entries.SelectMany(e => e.Graph.Results.Take(MethodEmitter.Results(e).Count())
            .Select(r => r.Shape));
        string bytes = entries.Select(e => $"{e.Program.Prefix}Buffers.Bytes")
            .Aggregate((a, b) => $"System.Math.Max({a}, {b})");
        writer.Line(header);
        using (writer.Indent())
        {
            // Micro-batches change states and no parameters: a pass of their own.
            int passes = !entries[0].Graph.IsTraining ? entries.Count : HasStates(entries[0]) ? 3 : 2;
            writer.Line($"{bytes}, [{Bytes(inputs)}], [{Bytes(outputs)}], passCount: {passes})");
        }
        using (writer.Block(""))
        {
            record();
            foreach (EntryProgram entry in entries)
                foreach (CpuMethod method in entry.OnCuda!.Methods)
                {
                    writer.Line();
                    CudaMethodEmitter.Write(method, entry, pool, writer);
                }
        }
    }

    static bool HasStates(EntryProgram training) => training.OnCuda!.Plan.StateCopies.Count > 0;

    static string Bytes(IEnumerable<Shape> shapes) => string.Join(", ", shapes.Select(s => $"{4 * s.Size.Maximum}"));

    static string Largest(EntryProgram entry) => string.Join(", ", entry.Graph.Dims.Select(d => $"{d.Max}"));

    void Step(EntryProgram training, SourceWriter writer)
    {
        CpuProgram program = training.OnCuda!;
        writer.Line("/// <inheritdoc/>");
        writer.Line($"protected override ReadOnlySpan<long> Largest(int pass) => [{Largest(training)}];");
        writer.Line();
        writer.Line("/// <inheritdoc/>");
        string pass = Free([training], "pass"), lengths = Free([training], "lengths");
        using (writer.Block($"protected override void Record(int {pass}, ReadOnlySpan<long> {lengths})"))
        {
            Dims(training, lengths, writer);
            writer.Line("TakeOrders();");
            int number = 0;
            foreach (EntryInput input in training.Inputs)
            {
                string name = CSharpLiteral.Identifier(input.Name), type = MethodEmitter.Pointer(input.Type);
                writer.Line($"{type} {name} = ({type})Input({number});");
                writer.Line($"Upload({number++}, 4 * ({input.Shape.Size}));");
            }
            string arguments = MethodEmitter.Arguments(training);
            using (writer.Block("if (!IsWatched)"))
            {
                writer.Line($"{program.Prefix}Forward({arguments});");
                writer.Line($"{program.Prefix}Backward({arguments});");
            }
            using (writer.Block("else"))
            {
                writer.Line("CheckParameters();");
                foreach (EntryInput input in training.Inputs.Where(i => i.Type == ElementType.Float32))
                    writer.Line($"CheckFinite(\"before the step\", " +
                        $"{CSharpLiteral.String("the input " + input.Name)}, \"\", " +
                        $"{CSharpLiteral.Identifier(input.Name)}, [{string.Join(", ", input.Shape.Dims)}]);");
                writer.Line($"{CudaMethodEmitter.Watched}{program.Prefix}Forward({arguments});");
                writer.Line($"{CudaMethodEmitter.Watched}{program.Prefix}Backward({arguments});");
            }
            Notes(training, writer);
            if (SurfaceEmitter.ScalesLoss(training)) writer.Line("UnscaleGradients();");
            if (program.Plan.ScaleLength > 0) writer.Line("UpdateFloat8Scales();");
            writer.Line($"if ({pass} == UpdatingPass) Update();");
            if (HasStates(training))
            {
                writer.Line($"if ({pass} == AccumulatingPass) SkipWhereNotFinite();");
                using (writer.Block($"if ({pass} != ComputingPass)"))
                {
                    writer.Line("IsUpdatingStates = true;   // they stay where a gradient is not finite");
                    string states = $"{program.Prefix}{CpuProgram.UpdateStates}({arguments})";
                    writer.Line($"if (IsWatched) {CudaMethodEmitter.Watched}{states};");
                    writer.Line($"else {states};");
                    writer.Line("IsUpdatingStates = false;");
                }
            }
            writer.Line("Finish();");
        }
        if (model.Optimizers.Any(o => o is "Adafactor" or "Muon")) UpdateParts(writer);
    }

    void UpdateParts(SourceWriter writer)
    {
        writer.Line();
        writer.Line("/// <inheritdoc/>");
        using (writer.Block("protected override void UpdateParts()"))
            foreach (OptimizerPlan plan in model.Optimizers.Where(o => o is "Adafactor" or "Muon")
                .Select(o => OptimizerPlan.Of(model, o)))
            {
                string field = OptimizerEmitter.Field(plan.Optimizer);
                using (writer.Block($"if (trainer.{field} is {{ }} {field})"))
                    foreach (OptimizerPart part in plan.Parts.Where(p => field == "adafactor" || p.IsMatrix))
                        writer.Line(field == "muon"
                            ? $"UpdateByMuon(muon, Offsets.{part.Offset}, {part.FirstTensor}, count: " +
                                $"{part.Tensors}, rows: {part.Rows}, columns: {part.Columns});"
                            : $"UpdateByAdafactor(adafactor, Offsets.{part.Offset}, state: {part.State}, " +
                                $"{part.FirstTensor}, tensors: {part.Tensors}, matrices: {part.Matrices}, " +
                                $"rows: {part.Rows}, columns: {part.Columns}, " +
                                $"isFactored: {(part.IsMatrix ? "true" : "false")});");
            }
    }

    static void Notes(EntryProgram entry, SourceWriter writer)
    {
        int count = entry.ResultName is null ? 1 + entry.Metrics.Count : 0;
        for (int i = 0; i < count; i++)
            writer.Line($"Note({i}, {SurfaceEmitter.ResultAddress(entry, i)});");
    }

    static void Dims(EntryProgram entry, string lengths, SourceWriter writer)
    {
        for (int i = 0; i < entry.Graph.Dims.Count; i++)
            writer.Line($"nint {entry.Graph.Dims[i].Name} = (nint){lengths}[{i}];");
    }

    // A parameter's name that no input, result or dimension of these entries has.
    static string Free(IReadOnlyList<EntryProgram> entries, string wish) =>
        entries.All(e => MethodEmitter.Local(e, wish) == wish) ? wish : Free(entries, wish + "2");

    void Call(SourceWriter writer)
    {
        writer.Line("/// <inheritdoc/>");
        using (writer.Block("protected override ReadOnlySpan<long> Largest(int pass)"))
        {
            for (int i = 0; i < model.Inference.Count - 1; i++)
                writer.Line($"if (pass == {i}) return [{Largest(model.Inference[i])}];");
            writer.Line($"return [{Largest(model.Inference[model.Inference.Count - 1])}];");
        }
        writer.Line();
        writer.Line("/// <inheritdoc/>");
        string pass = Free(model.Inference, "pass"), lengths = Free(model.Inference, "lengths");
        using (writer.Block($"protected override void Record(int {pass}, ReadOnlySpan<long> {lengths})"))
            using (writer.Block($"switch ({pass})"))
            {
                int input = 0, output = 0;
                for (int i = 0; i < model.Inference.Count; i++)
                {
                    EntryProgram entry = model.Inference[i];
                    using (writer.Block($"case {i}:"))
                    {
                        Dims(entry, lengths, writer);
                        foreach (EntryInput span in entry.Inputs)
                        {
                            string name = CSharpLiteral.Identifier(span.Name), type = MethodEmitter.Pointer(span.Type);
                            writer.Line($"{type} {name} = ({type})Input({input++});");
                        }
                        foreach (string result in MethodEmitter.Results(entry))
                            writer.Line($"float* {result} = (float*)Output({output++});");
                        writer.Line($"{entry.OnCuda!.Prefix}Forward({MethodEmitter.Arguments(entry)});");
                        Notes(entry, writer);
                        writer.Line("break;");
                    }
                }
            }
    }
}
