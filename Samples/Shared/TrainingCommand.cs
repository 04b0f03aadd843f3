using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.IO;
using ModelCompiler.Runtime;
using ModelCompiler.Runtime.Checkpoints;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Data;

namespace Samples.Shared;

/// <summary>
/// The command line that every training sample has: --steps, --seed, --device, --threads, --minutes, --out, --log,
/// --report, --checkpoints, --resume, --profile, --help.
/// </summary>
static class TrainingCommand
{
    const int Succeeded = 0, Failed = 1, WrongUsage = 2;

    /// <summary>More threads than any machine this runs on; a larger number is a typing error.</summary>
    const int MostThreads = 1024;

    /// <summary>More than a year.</summary>
    const int MostMinutes = 1_000_000;

    /// <summary>Reads the arguments and trains.</summary>
    /// <param name="args">As given to Main.</param>
    /// <param name="description">The first line of --help.</param>
    /// <param name="steps">Training steps when --steps is absent.</param>
    /// <param name="train">The work; failures that a user can mend arrive as exceptions with a message.</param>
    /// <param name="models">What --model can be, the first where it is absent; null where there is one model.</param>
    /// <param name="data">The folder of the data where --data is absent; null where data is built in.</param>
    /// <returns>The exit code: 0, 1 where the work failed, 2 where the arguments are wrong.</returns>
    public static int Run(string[] args, string description, int steps, Action<TrainingOptions> train,
        string[]? models = null, string? data = null)
    {
        Option<int> stepsOption = Number("--steps", "Training steps.", steps, 1, int.MaxValue);
        Option<ulong> seedOption = new("--seed")
        {
            Description = "Seed of parameters, batches and samples; equal seeds give bit-identical runs.",
            DefaultValueFactory = _ => 1337,
            CustomParser = result => ulong.TryParse(result.Tokens[0].Value, out ulong seed)
                ? seed
                : Reject<ulong>(result, "--seed", "a whole number from 0 to 18446744073709551615"),
        };
        Option<int> threadsOption =
            Number("--threads", "Threads to compute with.", Environment.ProcessorCount, 1, MostThreads);
        Option<string> deviceOption = OneOf("--device", "Where to train: auto is a device of CUDA where one can.",
            ["auto", "cpu", "cuda"]);
        Option<string?> outOption = OutputFile("--out", "Writes the trained parameters to this file (safetensors).");
        Option<string?> logOption = OutputFile("--log", "Writes one JSON line a step to this file.");
        Option<string?> reportOption = OutputFile("--report", "Writes a page that shows the run to this file (HTML).");
        Option<string?> checkpointsOption = new("--checkpoints")
        {
            Description = "Keeps the best and the last checkpoints in this folder.",
        };
        Option<double?> minutesOption = new("--minutes")
        {
            Description = "Stops training after so many minutes.",
            CustomParser = result => double.TryParse(result.Tokens[0].Value, NumberStyles.Float,
                CultureInfo.InvariantCulture, out double minutes) && minutes > 0 && minutes < MostMinutes
                ? minutes
                : Reject<double?>(result, "--minutes", $"a number above 0 and below {MostMinutes}"),
        };
        Option<bool> resumeOption = new("--resume")
        {
            Description = "Goes on from the newest checkpoint of that folder, if there is one; logs are continued.",
        };
        Option<bool> profileOption = new("--profile") { Description = "Measures and prints what each kernel takes." };
        var root = new RootCommand(description)
        {
            stepsOption, seedOption, deviceOption, threadsOption, minutesOption, outOption, logOption, reportOption,
            checkpointsOption, resumeOption, profileOption,
        };

        Option<string> modelOption = OneOf("--model", "Which model.", models ?? [""]);
        if (models is not null) root.Add(modelOption);
        Option<string> dataOption = new("--data")
        {
            Description = "The folder of the data.",
            DefaultValueFactory = _ => data ?? "",
        };
        if (data is not null) root.Add(dataOption);

        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError error in parsed.Errors) Console.Error.WriteLine(error.Message);
            Console.Error.WriteLine("Use --help for what there is.");
            return WrongUsage;
        }
        if (parsed.Action is not null) return parsed.Invoke(); // --help and --version
        if (parsed.GetValue(resumeOption) && parsed.GetValue(checkpointsOption) is null)
        {
            Console.Error.WriteLine("--resume needs --checkpoints, the folder to go on from.");
            return WrongUsage;
        }

        try
        {
            train(new TrainingOptions(
                parsed.GetValue(stepsOption), parsed.GetValue(seedOption),
                DeviceOf(parsed.GetRequiredValue(deviceOption), parsed.GetValue(threadsOption)),
                parsed.GetValue(minutesOption) is { } limit ? TimeSpan.FromMinutes(limit) : null,
                parsed.GetValue(outOption), parsed.GetValue(logOption), parsed.GetValue(reportOption),
                parsed.GetValue(checkpointsOption), parsed.GetValue(resumeOption), parsed.GetValue(profileOption))
            {
                Model = models is null ? "" : parsed.GetRequiredValue(modelOption),
                Data = data is null ? "" : parsed.GetRequiredValue(dataOption),
            });
            return Succeeded;
        }
        catch (Exception problem) when (
            problem is IOException or UnauthorizedAccessException or InvalidDataException or EmbeddedDataException
            or DatasetException or CheckpointException or ArgumentException or ArithmeticException
            or OutOfMemoryException or NotSupportedException or CudaException)
        {
            Console.Error.WriteLine($"{problem.GetType().Name}: {problem.Message}");
            return Failed;
        }
    }

    static Option<string> OneOf(string name, string description, string[] words) => new(name)
    {
        Description = $"{description} One of {string.Join(", ", words)}.",
        DefaultValueFactory = _ => words[0],
        CustomParser = result => Array.IndexOf(words, result.Tokens[0].Value) >= 0
            ? result.Tokens[0].Value
            : Reject<string>(result, name, string.Join(" or ", words)),
    };

    static Device DeviceOf(string name, int threads)
    {
        Device device = name switch { "cpu" => Device.Cpu, "cuda" => Device.Cuda(), _ => Device.Best };
        if (name == "auto" && !device.IsCuda && !CudaDevice.CanRunModels(out string reason))
            Console.Error.WriteLine($"--device auto is the processor: {reason.Split(" Tried:")[0]}");
        return device.WithThreads(threads);
    }

    static Option<int> Number(string name, string description, int standard, int least, int most) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => standard,
        CustomParser = result => int.TryParse(result.Tokens[0].Value, out int value) && value >= least && value <= most
            ? value
            : Reject<int>(result, name, $"a whole number from {least} to {most}"),
    };

    /// <summary>
    /// A file that will be written: the folder must be there before minutes are spent on what goes into it.
    /// </summary>
    static Option<string?> OutputFile(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            string path = result.Tokens[0].Value;
            if (path.Length == 0) return Reject<string?>(result, name, "the path of a file");
            if (Directory.Exists(path)) return Reject<string?>(result, name, "the path of a file, not of a folder");
            string? folder = Path.GetDirectoryName(Path.GetFullPath(path));
            if (folder is null || !Directory.Exists(folder)) return Reject<string?>(result, name,
                $"a file in a folder that exists; {folder} does not");
            return path;
        },
    };

    static T Reject<T>(ArgumentResult result, string name, string expected)
    {
        result.AddError($"{name} is \"{result.Tokens[0].Value}\"; it must be {expected}.");
        return default!;
    }
}
