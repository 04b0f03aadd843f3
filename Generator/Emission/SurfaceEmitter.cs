using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;
using ModelCompiler.Lowering;
using ModelCompiler.Memory;

namespace ModelCompiler.Emission;

/// <summary>
/// Writes what a user calls: creating trainers and sessions, the training step, one method for each entry point, and
/// the costs.
/// </summary>
static class SurfaceEmitter
{
    public static void Write(ModelProgram model, SourceWriter writer)
    {
        Costs(model, writer);
        writer.Line();
        if (model.Training is not null)
        {
            foreach (string optimizer in model.Optimizers)
            {
                writer.Line($"/// <summary>A trainer that updates the parameters with {optimizer}.</summary>");
                writer.Line("/// <param name=\"device\">Where to run.</param>");
                writer.Line("/// <param name=\"optimizer\">Hyperparameters.</param>");
                writer.Line("/// <param name=\"seed\">Initial parameters follow from it.</param>");
                writer.Line($"public static Trainer CreateTrainer(Device device, {optimizer} optimizer, ulong seed = " +
                    "0) => new(device, optimizer, seed);");
                writer.Line();
            }
        }
        if (model.Inference.Count > 0)
        {
            writer.Line("/// <summary>A session on the parameters of a checkpoint.</summary>");
            writer.Line("/// <exception cref=\"CheckpointException\">The file is damaged or of another " +
                "model.</exception>");
            writer.Line("public static Session Load(string path, Device device)");
            using (writer.Block(""))
            {
                writer.Line("var weights = new Weights(Layout);");
                using (writer.Block("try"))
                {
                    writer.Line("weights.Load(path);");
                    writer.Line("return new Session(weights, device);");
                }
                using (writer.Block("finally")) writer.Line("weights.Dispose();");
            }
            writer.Line();
        }
        if (model.Training is { } training) Trainer(model, training, writer);
        if (model.Inference.Count > 0)
        {
            if (model.Training is not null) writer.Line();
            Session(model, writer);
        }
        StepMetrics(model, writer);
    }

    static void Costs(ModelProgram model, SourceWriter writer)
    {
        long parameters = model.Any.Graph.Parameters.Where(p => !p.IsState).Sum(p => p.Shape.Size.Constant);
        string dims = string.Join(", ", model.Any.Graph.Dims.Select(d => $"{d.Name} = {d.Max}"));
        long step = model.Training is { } t ? Lowering.Cost.Flops(t.Graph.Root.Values) : 0;
        string summary = $"{Lowering.Cost.Text(parameters)}parameters"
            + (model.Training is { } trained
                ? $", {Lowering.Cost.Text(step)}FLOP a training step, " +
                    $"{Lowering.Cost.Text(trained.Program.Plan.ArenaBytes)}B of activations"
                : "")
            + (dims.Length > 0 ? $" at {dims}" : "") + ".";
        writer.Line($"/// <summary>What this model costs: {CSharpLiteral.Xml(summary)}</summary>");
        using (writer.Block("public static class Cost"))
        {
            Constant("Parameters", parameters, "Trainable numbers.");
            if (model.Training is { } training)
            {
                MemoryPlan plan = training.Program.Plan;
                long fixedBytes = plan.ArenaBytes + (plan.ParameterLength + plan.TrainableLength) * 4;
                string first = model.Optimizers[0];
                Constant("StepFlops", step,
                    "Floating-point operations of one training step at the largest dims, a fused multiply-add as two.");
                Constant("ActivationBytes", training.Program.Plan.ArenaBytes,
                    "Bytes of a training step's activations at the largest dims.");
                Constant("TrainingBytes", fixedBytes + OptimizerPlan.Of(model, first).StateLength * 4,
                    $"Planned peak of training with {first}: activations, parameters, gradients and optimizer state.");
                foreach (string other in model.Optimizers.Skip(1))
                    Constant($"TrainingBytesWith{other}", fixedBytes + OptimizerPlan.Of(model, other).StateLength * 4,
                        $"The same with {other}.");
                foreach (var stored in plan.Buffers.GroupBy(b => b.Storage)
                    .Where(_ => plan.Buffers.Any(b => b.Storage.IsLow())).OrderBy(g => g.Key))
                {
                    string type = stored.Key.Text();
                    Constant($"{Identifiers.Pascal(type)}Buffers", stored.Count(),
                        $"Buffers of a training step stored as {type}; sums are f32 in all kernels.");
                    Constant($"{Identifiers.Pascal(type)}BufferBytes", stored.Sum(b => b.Bytes),
                        "Their bytes; buffers that live at different times share memory.");
                }
                Constant("AccumulationBytes", plan.TrainableLength * 4,
                    "What AccumulateGradients adds: a sum for each trainable number.");
            }
            foreach (EntryProgram entry in model.Inference)
            {
                Constant(entry.Method + "Flops", Lowering.Cost.Flops(entry.Graph.Root.Values),
                    $"Floating-point operations of {entry.Method} at the largest dims.");
                Constant(entry.Method + "Bytes", entry.Program.Plan.ArenaBytes,
                    $"Bytes of {entry.Method}'s activations at the largest dims.");
            }
        }

        void Constant(string name, long value, string what)
        {
            writer.Line($"/// <summary>{CSharpLiteral.Xml(what)} {Lowering.Cost.Text(value)}</summary>".Replace(
                " </summary>", "</summary>"));
            writer.Line($"public const long {name} = {value};");
        }
    }

    static void Trainer(ModelProgram model, EntryProgram training, SourceWriter writer)
    {
        writer.Line($"/// <summary>Trains {model.Name}: parameters, gradients, optimizer state and the arena of " +
            "activations.</summary>");
        using (writer.Block("public sealed unsafe partial class Trainer : ModelTrainer"))
        {
            foreach (string optimizer in model.Optimizers)
                writer.Line($"readonly {optimizer}? {OptimizerEmitter.Field(optimizer)};");
            if (model.HasCuda)
                writer.Line($"readonly {CudaEmitter.Steps}? {CudaEmitter.Field};   // null on the processor");
            foreach (string optimizer in model.Optimizers)
            {
                writer.Line();
                writer.Line($"internal Trainer(Device device, {optimizer} optimizer, ulong seed)");
                long state = OptimizerPlan.Of(model, optimizer).StateLength;
                using (writer.Indent()) writer.Line(": base(Layout, device, seed, activationBytes: " +
                    $"{training.Program.Prefix}Buffers.Bytes, optimizer, stateLength: {state}" +
                    $"{(optimizer == "Muon" ? ", SecondOffsets" : "")}{(model.HasCuda ? ", hasCuda: true" : "")})");
                using (writer.Block(""))
                {
                    writer.Line($"{OptimizerEmitter.Field(optimizer)} = optimizer;");
                    if (model.HasCuda)
                        writer.Line($"if (device.IsCuda) {CudaEmitter.Field} = new {CudaEmitter.Steps}(this);");
                }
            }
            if (ScalesLoss(training))
            {
                writer.Line();
                writer.Line("/// <inheritdoc/>");
                writer.Line("protected override bool ScalesLoss => true;");
            }
            if (training.Program.Plan.ScaleLength > 0)
            {
                writer.Line();
                writer.Line("/// <inheritdoc/>");
                writer.Line($"protected override int Float8Tensors => {training.Program.Plan.ScaleLength};");
            }
            writer.Line();
            writer.Line($"/// <summary>One training step: {training.Method}, its gradient and the update. Allocates " +
                "nothing.</summary>");
            Parameters(training, writer);
            writer.Line($"/// <returns>{training.Method}, before the update.</returns>");
            using (writer.Block($"public float Step({Signature(training)})"))
            {
                LossAndGradients(training, writer, "Update();", "Step({0})");
                writer.Line("GC.KeepAlive(this);   // its finalizer must not free memory that a kernel still uses");
                writer.Line($"return {LossName(training)};");
            }
            writer.Line();
            writer.Line("/// <summary>Computes loss and gradients without changing a parameter.</summary>");
            Parameters(training, writer);
            using (writer.Block($"public float ComputeGradients({Signature(training)})"))
            {
                LossAndGradients(training, writer, null, "ComputeGradients({0})");
                writer.Line("KeepGradients();");
                writer.Line("GC.KeepAlive(this);");
                writer.Line($"return {LossName(training)};");
            }
            writer.Line();
            Accumulate(training, writer);
            Metrics(training, writer, "the last step");
            Taps(training, writer);
            if (model.Inference.Count == 0) return;
            writer.Line();
            writer.Line("/// <summary>A session on the parameters being trained.</summary>");
            writer.Line("public Session CreateSession() => new(Weights, Device);");
            writer.Line();
            writer.Line("/// <summary>A session on the average of the parameters.</summary>");
            writer.Line("/// <exception cref=\"InvalidOperationException\">AverageWeights has not been called." +
                "</exception>");
            writer.Line("public Session CreateAveragedSession() => new(AveragedWeights, Device);");
        }
    }

    static void Accumulate(EntryProgram training, SourceWriter writer)
    {
        string weight = MethodEmitter.Local(training, "weightOfBatch");
        writer.Line("/// <summary>Computes loss and gradients of a micro-batch and adds the gradients to those that " +
            "wait for ApplyGradients.</summary>");
        Parameters(training, writer);
        writer.Line($"/// <param name=\"{weight}\">How much it counts in the mean: for batches of unequal size, the " +
            "number of examples.</param>");
        writer.Line("/// <returns>The micro-batch's loss.</returns>");
        string signature = Signature(training);
        using (writer.Block($"public float AccumulateGradients({signature}{(signature.Length > 0 ? ", " : "")}" +
            $"float {weight} = 1)"))
        {
            writer.Line($"CheckWeight({weight});");
            LossAndGradients(training, writer, $"AddGradients({weight});", $"AccumulateGradients({{0}}, {weight})");
            writer.Line("GC.KeepAlive(this);");
            writer.Line($"return {LossName(training)};");
        }
    }

    static void Metrics(EntryProgram entry, SourceWriter writer, string when)
    {
        if (entry.Metrics.Count == 0) return;
        writer.Line();
        writer.Line($"/// <summary>What {entry.Method} returned beside the loss in {when}; zeros before.</summary>");
        writer.Line("public StepMetrics Metrics { get; private set; }");
    }

    static string Last(DimSymbol dim) => $"last{Identifiers.Pascal(dim.Name)}";

    /// <summary>Dims that the shapes of tapped values depend on.</summary>
    static IEnumerable<DimSymbol> TapDims(EntryProgram training) => training.Graph.Dims.Where(d =>
        training.Graph.Results.Skip(1 + training.Metrics.Count).Any(r => r.Shape.Dims.Any(x => x.Symbols.Contains(d))));

    /// <summary>What [Tap] keeps, by name.</summary>
    static void Taps(EntryProgram training, SourceWriter writer)
    {
        if (training.Taps.Count == 0) return;
        writer.Line();
        DimSymbol[] dims = [.. TapDims(training)];
        foreach (DimSymbol dim in dims) writer.Line($"int {Last(dim)};   // {dim.Name} of the last step");
        writer.Line("/// <summary>A value that [Tap] names, of the last step, row-major; valid until the next " +
            "one.</summary>");
        using (writer.Block("public override ReadOnlySpan<float> Activation(string name)"))
        {
            foreach (DimSymbol dim in dims) writer.Line($"int {dim.Name} = Known({Last(dim)});");
            using (writer.Block("return Tapped(name, new ParameterLayout[]", "});"))
                for (int i = 0; i < training.Taps.Count; i++)
                {
                    int result = 1 + training.Metrics.Count + i;
                    Value value = training.Graph.Results[result];
                    string shape = string.Join(", ", value.Shape.Dims.Select(d => d.ToString()));
                    string[] parts = training.Taps[i].Split('.');
                    writer.Line($"new({CSharpLiteral.String(training.Taps[i])}, offset: " +
                        $"{ResultAddress(training, result)} - Activations, shape: new int[] {{ {shape} }}, " +
                        $"stackDepth: {parts.Count(StackScope.IsStacked)}, \"constant\", 0),");
                }
        }
    }

    static void StepMetrics(ModelProgram model, SourceWriter writer)
    {
        EntryProgram? entry = model.Inference.FirstOrDefault(e => e.Metrics.Count > 0);
        if (entry is null) return;
        writer.Line();
        writer.Line($"/// <summary>What {entry.Method} returns beside the loss.</summary>");
        foreach (string name in entry.Metrics)
            writer.Line($"/// <param name=\"{name}\">One number.</param>");
        writer.Line($"public readonly record struct StepMetrics(" +
            $"{string.Join(", ", entry.Metrics.Select(m => "float " + m))});");
    }

    static void ReadMetrics(EntryProgram entry, SourceWriter writer)
    {
        if (entry.Metrics.Count == 0) return;
        IEnumerable<string> numbers = entry.Metrics.Select((_, i) => $"*({ResultAddress(entry, i + 1)})");
        writer.Line($"Metrics = new StepMetrics({string.Join(", ", numbers)});");
    }

    static string LossName(EntryProgram training) => MethodEmitter.Local(training, "lossOfStep");

    /// <summary>Checks the arguments and runs both passes; the loss is left in a local.</summary>
    /// <param name="training">The loss.</param>
    /// <param name="writer">Where to.</param>
    /// <param name="use">What is done with the gradients, after which states change; null where neither
    /// happens.</param>
    /// <param name="onCuda">The call that does all of it on a device of CUDA, {0} for the lengths.</param>
    static void LossAndGradients(EntryProgram training, SourceWriter writer, string? use, string onCuda)
    {
        bool updatesStates = use is not null && training.Program.Plan.StateCopies.Count > 0;
        Check(training, writer);
        if (training.OnCuda is not null) OnCuda(training, onCuda, writer);
        CheckElements(training, writer);
        using (Fixed(training, writer))
        {
            string arguments = MethodEmitter.Arguments(training, pointers: true);
            if (training.Graph.Root.AllValues().Any(v => v.IsDrawn))
                writer.Line("BeginPass();");
            using (writer.Block("if (!CheckNumbers)"))
            {
                writer.Line($"{training.Program.Prefix}Forward({arguments});");
                writer.Line($"{training.Program.Prefix}Backward({arguments});");
            }
            using (writer.Block("else"))
            {
                writer.Line("CheckParameters();");
                foreach (EntryInput input in training.Inputs.Where(i => i.Type == ElementType.Float32))
                    writer.Line($"CheckFinite(\"before the step\", " +
                        $"{CSharpLiteral.String("the input " + input.Name)}, \"\", " +
                        $"{MethodEmitter.Start(training, input.Name)}, [{string.Join(", ", input.Shape.Dims)}]);");
                writer.Line($"{MethodEmitter.Checked}{training.Program.Prefix}Forward({arguments});");
                writer.Line($"{MethodEmitter.Checked}{training.Program.Prefix}Backward({arguments});");
            }
            if (ScalesLoss(training)) writer.Line("UnscaleGradients();");
            if (training.Program.Plan.ScaleLength > 0) writer.Line("UpdateFloat8Scales();");
            if (updatesStates)
            {
                writer.Line(use + "   // first: where it throws, states stay as they are too");
                string unless = ScalesLoss(training) ? "if (!WasSkipped) " : "";
                writer.Line($"{unless}{training.Program.Prefix}{CpuProgram.UpdateStates}({arguments});");
            }
        }
        writer.Line($"float {LossName(training)} = *({ResultAddress(training)});");
        ReadMetrics(training, writer);
        foreach (DimSymbol dim in TapDims(training)) writer.Line($"{Last(dim)} = {dim.Name};");
        if (!updatesStates && use is not null) writer.Line(use);
    }

    /// <summary>Hands the inputs to the device's program, which knows the rest.</summary>
    static void OnCuda(EntryProgram training, string call, SourceWriter writer)
    {
        string loss = MethodEmitter.Local(training, "lossOnDevice");
        using (writer.Block($"if ({CudaEmitter.Field} is not null)"))
        {
            writer.Line($"{CudaEmitter.Field}.Begin();");
            for (int i = 0; i < training.Inputs.Count; i++)
                writer.Line($"{CudaEmitter.Field}.Take({i}, {CSharpLiteral.Identifier(training.Inputs[i].Name)});");
            string lengths = string.Join(", ", training.Graph.Dims.Select(d => d.Name));
            writer.Line($"float {loss} = {CudaEmitter.Field}." +
                $"{string.Format(System.Globalization.CultureInfo.InvariantCulture, call, $"[{lengths}]")};");
            if (training.Metrics.Count > 0)
                writer.Line($"Metrics = new StepMetrics({string.Join(", ", training.Metrics.Select((_, i) =>
                    $"{CudaEmitter.Field}.Result({i + 1})"))});");
            foreach (DimSymbol dim in TapDims(training)) writer.Line($"{Last(dim)} = {dim.Name};");
            writer.Line($"return {loss};");
        }
    }

    /// <summary>The processor's kernels count elements in 32 bits, a device's in 64.</summary>
    static void CheckElements(EntryProgram entry, SourceWriter writer)
    {
        foreach (IGrouping<string, Value> large in entry.Graph.Root.AllValues()
            .Where(v => v.Shape.Size.Maximum > int.MaxValue).GroupBy(v => v.Shape.Size.ToString()))
        {
            string size = Regex.Replace(large.Key, @"\b[A-Za-z_]\w*", "(long)$0", RegexOptions.CultureInvariant);
            using (writer.Block($"if ({size} > int.MaxValue)"))
                writer.Line("throw new NotSupportedException(" + CSharpLiteral.String($"{large.First().Op.Name} " +
                    $"{large.First().Shape} has more than {int.MaxValue} elements at these lengths: train on " +
                    "Device.Cuda, or pass smaller ones.") + ");");
        }
    }

    /// <summary>Whether gradients are computed of a multiple of the loss.</summary>
    public static bool ScalesLoss(EntryProgram training) =>
        training.Graph.Root.AllValues().Any(v => v.Is(Structure.LossScale));

    static void Session(ModelProgram model, SourceWriter writer)
    {
        writer.Line($"/// <summary>Runs {model.Name} forward. Sessions share parameters; each has activations of its " +
            "own, so several can run at once.</summary>");
        using (writer.Block("public sealed unsafe partial class Session : ModelSession"))
        {
            string bytes = model.Inference.Select(e => $"{e.Program.Prefix}Buffers.Bytes")
                .Aggregate((a, b) => $"Math.Max({a}, {b})");
            if (model.HasCuda)
            {
                writer.Line($"readonly {CudaEmitter.Calls}? {CudaEmitter.Field};   // null on the processor");
                writer.Line();
            }
            string hasCuda = model.HasCuda ? ", hasCuda: true" : "";
            writer.Line($"internal Session(Weights weights, Device device) : base(weights, device, {bytes}{hasCuda})");
            writer.Line("{");
            using (writer.Indent())
                if (model.HasCuda)
                    writer.Line($"if (device.IsCuda) {CudaEmitter.Field} = new {CudaEmitter.Calls}(this);");
            writer.Line("}");
            int firstInput = 0, firstOutput = 0, pass = 0;
            foreach (EntryProgram entry in model.Inference)
            {
                writer.Line();
                string shapes = string.Join(", ", entry.Graph.Results.Select(r => r.Shape.ToString()));
                writer.Line($"/// <summary>{entry.Method}: {CSharpLiteral.Xml(shapes)}. Allocates nothing.</summary>");
                Parameters(entry, writer);
                bool returns = entry.ResultName is null;
                using (writer.Block($"public {(returns ? "float" : "void")} {entry.Method}({Signature(entry)})"))
                {
                    Check(entry, writer);
                    if (model.HasCuda) CallOnCuda(entry, pass, firstInput, firstOutput, writer);
                    CheckElements(entry, writer);
                    using (Fixed(entry, writer)) writer.Line(
                        $"{entry.Program.Prefix}Forward({MethodEmitter.Arguments(entry, pointers: true)});");
                    string result = MethodEmitter.Local(entry, "resultOfEntry");
                    if (returns) writer.Line($"float {result} = *({ResultAddress(entry)});");
                    ReadMetrics(entry, writer);
                    writer.Line("GC.KeepAlive(this);");
                    if (returns) writer.Line($"return {result};");
                }
                Metrics(entry, writer, "the last call");
                firstInput += entry.Inputs.Count;
                firstOutput += MethodEmitter.Results(entry).Count();
                pass++;
            }
        }
    }

    static void CallOnCuda(EntryProgram entry, int pass, int firstInput, int firstOutput, SourceWriter writer)
    {
        using (writer.Block($"if ({CudaEmitter.Field} is not null)"))
        {
            foreach (EntryInput input in entry.Inputs)
                writer.Line($"{CudaEmitter.Field}.Upload({firstInput++}, {CSharpLiteral.Identifier(input.Name)});");
            string lengths = string.Join(", ", entry.Graph.Dims.Select(d => d.Name));
            writer.Line($"{CudaEmitter.Field}.Call({pass}, [{lengths}]);");
            foreach (string result in MethodEmitter.Results(entry))
                writer.Line($"{CudaEmitter.Field}.Download({firstOutput++}, {result});");
            if (entry.Metrics.Count > 0)
                writer.Line($"Metrics = new StepMetrics({string.Join(", ", entry.Metrics.Select((_, i) =>
                    $"{CudaEmitter.Field}.Result({i + 1})"))});");
            writer.Line(entry.ResultName is null ? $"return {CudaEmitter.Field}.Result(0);" : "return;");
        }
    }

    /// <summary>C# for where a result lies.</summary>
    public static string ResultAddress(EntryProgram entry, int result = 0) =>
        new AddressText(entry.Program.Plan, entry.Program.Prefix + "Buffers").Of(entry.Graph.Results[result]);

    static string Signature(EntryProgram entry)
    {
        IEnumerable<string> inputs = entry.Inputs.Select(i =>
            $"ReadOnlySpan<{Element(i.Type)}> {CSharpLiteral.Identifier(i.Name)}");
        IEnumerable<string> results = MethodEmitter.Results(entry).Select(r => $"Span<float> {r}");
        return string.Join(", ", [.. inputs, .. results, .. entry.DimArguments.Select(d => $"int {d.Name}")]);
    }

    static string Element(ElementType type) => type == ElementType.Int32 ? "int" : "float";

    static void Parameters(EntryProgram entry, SourceWriter writer)
    {
        foreach (EntryInput input in entry.Inputs)
        {
            string range = input.Bounds.Count == 0 ? "" : $", in [0, {input.Bounds[0].Limit})" +
                (input.Bounds[0].Ignored is { } ignored ? $" or {ignored}, which does not count" : "");
            writer.Line($"/// <param name=\"{input.Name}\">{CSharpLiteral.Xml(input.Shape.ToString())}; " +
                $"{Element(input.Type)}{range}.</param>");
        }
        int result = 0;
        foreach (string name in MethodEmitter.Results(entry))
            writer.Line($"/// <param name=\"{name.TrimStart('@')}\">" +
                $"{CSharpLiteral.Xml(entry.Graph.Results[result++].Shape.ToString())}; written.</param>");
        foreach (DimSymbol dim in entry.DimArguments)
            writer.Line($"/// <param name=\"{dim.Name}\">From {dim.Min} to " +
                $"{dim.Max}{(dim.Multiple > 1 ? $", a multiple of {dim.Multiple}" : "")}.</param>");
    }

    static void Check(EntryProgram entry, SourceWriter writer)
    {
        foreach (EntryInput input in entry.Inputs.Where(i => i.Infers is not null))
        {
            string factor = input.Factor == 1 ? "" : $" / {input.Factor}";
            writer.Line($"int {input.Infers!.Name} = {CSharpLiteral.Identifier(input.Name)}.Length{factor};");
        }
        foreach (DimSymbol dim in entry.Graph.Dims)
            writer.Line($"Check.Dim({CSharpLiteral.String(dim.Name)}, {dim.Name}, {dim.Min}, {dim.Max}, " +
                $"{dim.Multiple});");
        foreach (EntryInput input in entry.Inputs)
        {
            string name = CSharpLiteral.Identifier(input.Name);
            writer.Line($"Check.Length({CSharpLiteral.String(input.Name)}, " +
                $"{CSharpLiteral.String(input.Shape.ToString())}, {input.Shape.Size}, {name}.Length" +
                $"{Source(entry, input.Shape)});");
            foreach (InputBound bound in input.Bounds)
                writer.Line(bound.Ignored is { } ignored
                    ? $"Check.Labels({CSharpLiteral.String(input.Name)}, {name}, {bound.Limit}, {ignored});"
                    : $"Check.Tokens({CSharpLiteral.String(input.Name)}, {name}, {bound.Limit});");
        }
        int result = 0;
        foreach (string name in MethodEmitter.Results(entry))
        {
            foreach (EntryInput input in entry.Inputs.Where(i => i.Type == ElementType.Float32))
                writer.Line($"Check.NoOverlap({CSharpLiteral.String(name.TrimStart('@'))}, {name}, " +
                    $"{CSharpLiteral.String(input.Name)}, {CSharpLiteral.Identifier(input.Name)});");
            Shape shape = entry.Graph.Results[result++].Shape;
            writer.Line($"Check.Length({CSharpLiteral.String(name.TrimStart('@'))}, " +
                $"{CSharpLiteral.String(shape.ToString())}, {shape.Size}, {name}.Length{Source(entry, shape)});");
        }
    }

    /// <summary>The argument whose length tells a dim of a shape, as a last argument; nothing where none does.
    /// </summary>
    static string Source(EntryProgram entry, Shape shape)
    {
        EntryInput? source = entry.Inputs.FirstOrDefault(i => i.Infers is { } dim && shape.Size.Symbols.Contains(dim));
        return source is null ? "" : $", {CSharpLiteral.String(source.Name)}";
    }

    static System.IDisposable Fixed(EntryProgram entry, SourceWriter writer)
    {
        foreach (EntryInput input in entry.Inputs)
            writer.Line($"fixed ({MethodEmitter.Pointer(input.Type)} {MethodEmitter.Start(entry, input.Name)} = " +
                $"{CSharpLiteral.Identifier(input.Name)})");
        foreach (string name in MethodEmitter.Results(entry)) writer.Line(
            $"fixed (float* {MethodEmitter.Start(entry, name)} = {name})");
        return writer.Block("");
    }
}
