using System;
using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.Build.Pages;

/// <summary>Which type belongs to which part of the reference.</summary>
static class Sections
{
    const string Optimizer = "ModelCompiler.Runtime.Training.Optimizer",
        Schedule = "ModelCompiler.Runtime.Training.ISchedule";

    /// <summary>The parts in the order of the table of contents; operators and diagnostics are others.</summary>
    /// <param name="library">Its types, each in one part.</param>
    /// <param name="sources">Knows the layers.</param>
    public static IReadOnlyList<Section> Of(Library library, SourceTree sources)
    {
        ILookup<string, Type> types = library.Types.ToLookup(t => FolderOf(t, sources), StringComparer.Ordinal);
        return
        [
            new("layers", "Layers", "Parts of models that hold parameters. A field of a `[Model]` class holds a " +
                "layer; its `Forward` is called in the body. Names of parameters are those in checkpoints, behind " +
                "the name of the field: `readonly Linear up` has `up.weight` and `up.bias`.", [.. types["layers"]]),
            new("attributes", "Attributes", "What is declared about a model.", [.. types["attributes"]]),
            new("models", "Tensors and models", "What operators and layers are made of: tensors, shapes, dims, " +
                "parameters, states, and the eager run.", [.. types["models"]]),
            new("optimizers", "Optimizers", "Named in `[Optimizers]`, so that the update is generated, and given to " +
                "`CreateTrainer` with their hyperparameters.", [.. types["optimizers"]]),
            new("schedules", "Schedules", "The learning rate as a function of the step, for `trainer.Schedule`.",
                [.. types["schedules"]]),
            new("training", "Trainers and sessions", "What the generated `Trainer` and `Session` of a model derive " +
                "from, and what belongs to them.", [.. types["training"]]),
            new("data", "Data", "Data sets, readers and batches. `CsvTable` is in the assembly " +
                "ModelCompiler.Runtime.Csv, `ImageFolder` in ModelCompiler.Runtime.Images.", [.. types["data"]]),
            new("runs", "Runs and reports", "The loop around a trainer's steps, and who is told how it goes. " +
                "`TensorBoardLog` is in the assembly ModelCompiler.Runtime.TensorBoard.", [.. types["runs"]]),
            new("checkpoints", "Checkpoints", "Files and folders that training goes on from.",
                [.. types["checkpoints"]]),
            new("measuring", "Measuring", "Profiles, logs and checks of a run.", [.. types["measuring"]]),
            new("cuda", "CUDA", "NVIDIA devices: which there are, their memory, streams, kernels, graphs and matrix " +
                "products, and what is thrown where they fail. Generated code calls it; so can kernels of your own.",
                [.. types["cuda"]]),
            new("kernels", "What generated code calls", "Matrix products, convolutions, rows, vectors, threads and " +
                "memory. A model's author does not call them; who reads generated code meets them.",
                [.. types["kernels"]]),
        ];
    }

    static string FolderOf(Type type, SourceTree sources) => type.Namespace switch
    {
        "ModelCompiler" when type.BaseType?.FullName == "System.Attribute" => "attributes",
        "ModelCompiler" when sources.Layers.Contains(type.Name, StringComparer.Ordinal) => "layers",
        "ModelCompiler" when type.FullName == OperatorPages.Class => "operators",
        "ModelCompiler" => "models",
        "ModelCompiler.Runtime.Training" when type.FullName == Optimizer || type.BaseType?.FullName == Optimizer
            || type.Name == "ParameterGroup" => "optimizers",
        "ModelCompiler.Runtime.Training" when type.FullName == Schedule
            || type.GetInterfaces().Any(i => i.FullName == Schedule) => "schedules",
        "ModelCompiler.Runtime.Training" or "ModelCompiler.Runtime" => "training",
        "ModelCompiler.Runtime.Data" or "ModelCompiler.Runtime.Csv" or "ModelCompiler.Runtime.Images" => "data",
        "ModelCompiler.Runtime.Runs" or "ModelCompiler.Runtime.TensorBoard" => "runs",
        "ModelCompiler.Runtime.Checkpoints" => "checkpoints",
        "ModelCompiler.Runtime.Diagnostics" => "measuring",
        "ModelCompiler.Runtime.Cuda" => "cuda",
        _ => "kernels",
    };
}
