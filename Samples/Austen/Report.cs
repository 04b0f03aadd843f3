using System;
using System.Globalization;
using System.Threading.Tasks;
using ModelCompiler.Runtime.Runs;
using ModelCompiler.Runtime.Training;
using Samples.Shared;

namespace Samples.Austen;

/// <summary>
/// What a trained model is worth: on the characters held out, beside baselines, and in its own words.
/// </summary>
static class Report
{
    const string Prompt = "It was ";
    const int SampleLength = 600;
    const float Temperature = 0.8f;

    /// <summary>Measures, prints, and adds to the page and the log.</summary>
    /// <param name="name">Of the model.</param>
    /// <param name="novels">Held out and trained on.</param>
    /// <param name="model">The trained one.</param>
    /// <param name="outputs">Of the run.</param>
    /// <param name="trainer">Of the run.</param>
    /// <param name="sessionBytes">Planned for the model.</param>
    /// <param name="seed">Of the text.</param>
    public static void Write(string name, Novels novels, CharacterModel model, RunOutputs outputs, ModelTrainer trainer,
        long sessionBytes, ulong seed)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"reading the {novels.HeldOutLength:N0} characters of the last tenth ..."));
        double nats = new HeldOut(novels, model).NatsPerCharacter(), counted = 0, compressed = 0;
        outputs.Log?.Final(nats, trainer.Weights.Layout.ParameterCount, trainer.PlannedBytes + sessionBytes);
        Parallel.Invoke(
            () => counted = new CountModel(novels.Tokens[..novels.TrainingLength], novels.AlphabetSize)
                .NatsPerCharacter(novels.Tokens, novels.TrainingLength),
            () => compressed = Bzip2.NatsPerCharacter(novels));
        string counts = $"counts of {CountModel.Order} characters";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            nats per character on the last tenth, {novels.HeldOutLength:N0} characters that were not trained on:
              {name,-30} {nats:F4}
              {counts,-30} {counted:F4}
              {"bzip2 -9",-30} {compressed:F4}

            """));
        string text = new Writer(novels, model, Temperature, seed).Continue(Prompt, SampleLength);
        Console.WriteLine(text);
        if (outputs.Page is not { } page) return;
        page.AddResult("held out, nats", nats.ToString("F4", CultureInfo.InvariantCulture));
        page.AddResult(counts, counted.ToString("F4", CultureInfo.InvariantCulture));
        page.AddResult("bzip2 -9", compressed.ToString("F4", CultureInfo.InvariantCulture));
        page.AddText($"Continues \"{Prompt.TrimEnd()}\"", text);
    }
}
