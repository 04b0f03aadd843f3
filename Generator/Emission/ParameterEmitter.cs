using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;
using ModelCompiler.Memory;

namespace ModelCompiler.Emission;

/// <summary>
/// Writes the parameters: the layout of their arena, which checkpoints and initialisation read, and the offsets code
/// uses.
/// </summary>
static class ParameterEmitter
{
    public static void Write(ModelProgram model, SourceWriter writer)
    {
        MemoryPlan plan = model.Any.Plan;
        List<Value> parameters = model.Any.Graph.Parameters;
        string kinds = parameters.All(p => !p.IsState) ? "trainable tensor" : "trainable tensor and state";
        writer.Line($"/// <summary>Every {kinds}: name, shape, initialiser, and its place in the parameter " +
            "arena.</summary>");
        using (writer.Block($"public static ModelLayout Layout {{ get; }} = new({CSharpLiteral.String(model.Name)}, " +
            $"arenaLength: {plan.ParameterLength}, new ParameterLayout[]",
            plan.TrainableLength == plan.ParameterLength ? "});" : $"}}, trainableLength: {plan.TrainableLength});"))
            foreach (Value parameter in parameters)
            {
                Buffer buffer = plan.Parameters[parameter];
                string shape = string.Join(", ", parameter.Shape.Dims.Select(d => d.ToString()));
                int stacks = parameter.Name.Split('.').Count(StackScope.IsStacked);
                writer.Line($"new({CSharpLiteral.String(parameter.Name)}, offset: {buffer.Offset}, shape: new int[] " +
                    $"{{ {shape} }}, stackDepth: {stacks}, " +
                    $"{CSharpLiteral.String(parameter.Initializer!.Distribution)}, " +
                        $"{CSharpLiteral.Double(parameter.Initializer.Scale)}" +
                        $"{(parameter.IsState ? ", isState: true" : "")}),");
            }
        writer.Line();
        writer.Line("/// <summary>Where each parameter, and its gradient, starts in its arena, in elements.</summary>");
        using (writer.Block("private static class Offsets"))
            foreach (Value parameter in parameters)
                writer.Line($"public const long {plan.Parameters[parameter].Name} = " +
                    $"{plan.Parameters[parameter].Offset.ToString(CultureInfo.InvariantCulture)};   // " +
                    $"{parameter.Shape}");
    }
}
