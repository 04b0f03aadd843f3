using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;

namespace ModelCompiler.Benchmarks;

/// <summary><c>train --model nano --threads 2 --steps 20</c>: one JSON line on the output, nothing else unless --profile asks for a table before it.</summary>
static class TrainCommand
{
    /// <summary>More threads than any machine has, and more steps than anybody waits for: larger numbers are typing errors.</summary>
    const int MostThreads = 1024, MostSteps = 10_000_000;

    static readonly string Models = string.Join(" or ", TrainingBenchmark.All.Select(b => b.Name));

    public static Command Create()
    {
        Option<TrainingBenchmark> model = new("--model")
        {
            Description = $"What to train: {Models}.",
            DefaultValueFactory = _ => TrainingBenchmark.All[0],
            CustomParser = result => TrainingBenchmark.All.FirstOrDefault(b => b.Name == result.Tokens[0].Value)
                ?? Reject<TrainingBenchmark>(result, "--model", Models),
        };
        Option<int> threads = Number("--threads", "Threads to compute with.", Environment.ProcessorCount, MostThreads);
        Option<int?> steps = new("--steps")
        {
            Description = "Steps to time, after some to warm up.",
            CustomParser = result => Parse(result, "--steps", MostSteps),
        };
        Option<bool> profile = new("--profile") { Description = "Also prints what each kernel takes, before that line." };
        var command = new Command("train", "Times training steps and prints one line of JSON.") { model, threads, steps, profile };
        command.SetAction(parsed =>
        {
            TrainingBenchmark benchmark = parsed.GetRequiredValue(model);
            try
            {
                int timed = parsed.GetValue(steps) ?? benchmark.Steps;
                Console.WriteLine(benchmark.Run(parsed.GetValue(threads), timed, parsed.GetValue(profile)).ToJson());
                return 0;
            }
            catch (Exception problem) when (problem is ArithmeticException or OutOfMemoryException)
            {
                Console.Error.WriteLine($"{problem.GetType().Name}: {problem.Message}");
                return 1;
            }
        });
        return command;
    }

    static Option<int> Number(string name, string description, int standard, int most) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => standard,
        CustomParser = result => Parse(result, name, most),
    };

    static int Parse(ArgumentResult result, string name, int most) =>
        int.TryParse(result.Tokens[0].Value, out int value) && value >= 1 && value <= most
            ? value
            : Reject<int>(result, name, $"a whole number from 1 to {most}");

    static T Reject<T>(ArgumentResult result, string name, string expected)
    {
        result.AddError($"{name} is \"{result.Tokens[0].Value}\"; it must be {expected}.");
        return default!;
    }
}
